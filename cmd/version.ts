import { connect } from '../src/cluster/connect.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import { formatJson, formatYaml } from '../src/view/report.ts';
import { escapeControls } from '../src/view/text.ts';
import { CLIENT_VERSION } from './client-version.ts';
import { connectionEnvironment } from './connection.ts';
import type { GlobalFlags } from './flags.ts';
import type { Streams } from './streams.ts';

/** Flags of `version`. */
export interface VersionFlags {
  client?: boolean;
  output: 'text' | 'json' | 'yaml';
}

/** What the server told, or why it did not. */
type Answer = { version: string } | { failure: unknown };

/**
 * Prints the versions of the program and of the API server.
 * @throws ReloadError when the server does not tell, after the version of the program has been printed, as kubectl does
 */
export async function runVersion(flags: VersionFlags & GlobalFlags, streams: Streams): Promise<ExitCode> {
  const answer = flags.client === true ? undefined : await askServer(flags, streams);
  const serverVersion = answer !== undefined && 'version' in answer ? answer.version : undefined;
  const versions = { clientVersion: CLIENT_VERSION, ...(serverVersion === undefined ? {} : { serverVersion }) };
  switch (flags.output) {
    case 'text':
      streams.stdout.write(`Client Version: ${CLIENT_VERSION}\n`);
      if (serverVersion !== undefined) streams.stdout.write(`Server Version: ${escapeControls(serverVersion)}\n`);
      break;
    case 'json':
      streams.stdout.write(`${formatJson(versions, 2)}\n`);
      break;
    case 'yaml':
      streams.stdout.write(await formatYaml(versions));
      break;
    default:
      flags.output satisfies never;
  }
  if (answer !== undefined && 'failure' in answer) throw answer.failure;
  return ExitCode.ok;
}

async function askServer(flags: GlobalFlags, streams: Streams): Promise<Answer> {
  try {
    const cluster = await connect(flags, connectionEnvironment(flags, streams));
    try {
      const said = await cluster.request<{ gitVersion?: unknown }>({ path: '/version', signal: streams.interrupted });
      if (typeof said?.gitVersion === 'string') return { version: said.gitVersion };
      return { failure: new ReloadError('the server does not tell its version') };
    } finally {
      cluster.close();
    }
  } catch (failure) {
    return { failure };
  }
}
