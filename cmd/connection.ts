import type { Environment } from '../src/cluster/environment.ts';
import { escapeLines } from '../src/view/text.ts';
import type { GlobalFlags } from './flags.ts';
import type { Streams } from './streams.ts';

/** What connecting needs of the process. */
export function connectionEnvironment(flags: GlobalFlags, streams: Streams): Environment {
  return {
    env: streams.env,
    homedir: streams.homedir,
    cwd: streams.cwd,
    stderr: streams.stderr,
    interrupted: streams.interrupted,
    get interactive() {
      return streams.stdin.isTTY === true && streams.stderr.isTTY === true;
    },
    ...(flags.verbose === true ? { trace: (line: string) => streams.stderr.write(`${escapeLines(line)}\n`) } : {}),
  };
}
