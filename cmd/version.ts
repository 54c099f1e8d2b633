import packageManifest from '../package.json' with { type: 'json' };
import { connect } from '../src/cluster/connect.ts';
import { ExitCode } from '../src/error.ts';
import { connectionEnvironment } from './connection.ts';
import type { GlobalFlags } from './flags.ts';
import type { Streams } from './streams.ts';

/** Flags of `version`. */
export interface VersionFlags {
  client?: boolean;
  output: 'text' | 'json' | 'yaml';
}

/** The part of `/version` that is shown. */
interface ServerVersion {
  gitVersion: string;
}

/** Prints the versions of the program and of the API server. */
export async function runVersion(flags: VersionFlags & GlobalFlags, streams: Streams): Promise<ExitCode> {
  const clientVersion = `v${packageManifest.version}`;
  const serverVersion = flags.client === true ? undefined : await readServerVersion(flags, streams);
  const versions = { clientVersion, ...(serverVersion === undefined ? {} : { serverVersion }) };
  switch (flags.output) {
    case 'text':
      streams.stdout.write(`Client Version: ${clientVersion}\n`);
      if (serverVersion !== undefined) streams.stdout.write(`Server Version: ${serverVersion}\n`);
      break;
    case 'json':
      streams.stdout.write(`${JSON.stringify(versions, null, 2)}\n`);
      break;
    case 'yaml':
      streams.stdout.write((await import('yaml')).stringify(versions));
      break;
    default:
      flags.output satisfies never;
  }
  return ExitCode.ok;
}

async function readServerVersion(flags: GlobalFlags, streams: Streams): Promise<string> {
  const cluster = await connect(flags, connectionEnvironment(flags, streams));
  try {
    return (await cluster.request<ServerVersion>({ path: '/version', signal: streams.interrupted })).gitVersion;
  } finally {
    cluster.close();
  }
}
