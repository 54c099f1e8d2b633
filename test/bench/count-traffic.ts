import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import { startClusterProxy } from '../support/cluster-proxy.ts';
import type { Contender, Environment } from './measure.ts';

/** What one run of a command asked of the server. */
export interface Traffic {
  requests: number;
  /** Bytes to the server and from it, as they are on the wire but for the encryption. */
  sent: number;
  received: number;
}

/**
 * What each contender asks of the server, in a run of its own, with the caches of the run before it: it goes through a counter, which
 * would disturb the clock.
 */
export async function countTraffic(
  contenders: readonly Contender[],
  cluster: ClusterDescription,
  env: Environment,
): Promise<Traffic[]> {
  await using counter = await startCounter(cluster);
  const traffic: Traffic[] = [];
  for (const { name, command, prepare } of contenders) {
    // kubectl keeps what it once learnt of a server.
    if (traffic.length === 0)
      await run('a first look', [cluster.kubectl, 'get', 'deployments', '-A'], counter.url, env);
    await prepare?.();
    counter.reset();
    await run(name, command, counter.url, env);
    traffic.push(counter.count());
  }
  return traffic;
}

async function run(name: string, command: readonly string[], url: string, env: Environment): Promise<void> {
  const child = Bun.spawn([...command, `--server=${url}`], { env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${name} through the counter: ${complaint}`);
}

/** A server before the API server that counts. */
interface Counter extends AsyncDisposable {
  url: string;
  count(): Traffic;
  reset(): void;
}

/** Two in a row: the first counts bytes and knows of no requests, the second speaks HTTP. */
async function startCounter(cluster: ClusterDescription): Promise<Counter> {
  let traffic: Traffic = { requests: 0, sent: 0, received: 0 };
  const proxy = await startClusterProxy(cluster, {
    intercept() {
      traffic.requests++;
      return { act: 'pass' };
    },
  });
  const bytes = await startByteCounter(Number(new URL(proxy.url).port), (direction, count) => {
    traffic[direction] += count;
  });
  return {
    url: `http://127.0.0.1:${bytes.port}`,
    count: () => traffic,
    reset() {
      traffic = { requests: 0, sent: 0, received: 0 };
    },
    async [Symbol.asyncDispose]() {
      bytes.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Brings every connection to another port of this machine, and tells how many bytes pass. */
export async function startByteCounter(
  target: number,
  pass: (direction: 'sent' | 'received', count: number) => void,
): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  // Who has said all may still listen.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    near.on('data', (chunk) => pass('sent', chunk.length));
    far.on('data', (chunk) => pass('received', chunk.length));
    near.pipe(far);
    far.pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
