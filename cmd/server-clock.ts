import type { Cluster } from '../src/cluster/cluster.ts';
import type { Streams } from './streams.ts';

/**
 * The same surroundings, with the time by the clock of the API server as soon as an answer has told it. All that is compared with the times
 * in objects takes it from there, and what is written into objects too: the clock of this machine may be wrong.
 */
export function onServerClock(streams: Streams, cluster: Pick<Cluster, 'serverTime'>): Streams {
  const { stdout, stderr, env, cwd, homedir, interrupted } = streams;
  return {
    // To make it takes long.
    get stdin() {
      return streams.stdin;
    },
    stdout,
    stderr,
    env,
    cwd,
    homedir,
    interrupted,
    now() {
      const local = streams.now();
      return new Date(cluster.serverTime(local.getTime()) ?? local);
    },
  };
}
