import type { Cluster } from './cluster.ts';
import { ConnectionError } from './connection-error.ts';
import type { ConnectionOptions, Environment } from './environment.ts';
import { makeExec } from './exec.ts';
import { limitParallel } from './limit-parallel.ts';
import { listAll } from './list.ts';
import type { Limits } from './request.ts';
import { LIMITS, requestJson, requestText } from './request.ts';
import { resolveConnection } from './resolve-connection.ts';
import { hearAnswers, makeServerClock } from './server-clock.ts';
import { openTransport } from './transport.ts';
import { watchAll } from './watch.ts';

export type { ConnectionOptions, Environment } from './environment.ts';
export { resolveConnection } from './resolve-connection.ts';

/** Requests at once. Each of them takes a connection, and a TLS handshake costs more than waiting for a small answer. */
const CONNECTIONS = 4;

/**
 * Finds the cluster that kubectl would talk to, given the same flags, environment and files. The first request makes the
 * first connection.
 * @throws ReloadError when there is no such cluster, or its entry or credentials cannot be used
 */
export async function connect(
  options: ConnectionOptions,
  environment: Environment,
  limits: Limits = LIMITS,
): Promise<Cluster> {
  const connection = await resolveConnection(options, environment);
  const clock = makeServerClock();
  const transport = hearAnswers(await openTransport(connection, environment), clock);
  const client = { transport, limits, inTurn: limitParallel(CONNECTIONS) };
  const closing = new AbortController();
  // One signal a request: the caller's own may be shared by many, and Node warns of many listeners on one.
  const untilClosed = ({ signal }: { signal?: AbortSignal | undefined }) => ({
    signal: AbortSignal.any(signal ? [signal, closing.signal] : [closing.signal]),
  });
  const exec = makeExec(client, options, environment);
  return {
    server: connection.server,
    context: connection.context,
    namespace: connection.namespace,
    request: (request) => requestJson(client, { ...request, ...untilClosed(request) }),
    requestText: (request) => requestText(client, { ...request, ...untilClosed(request) }),
    list: (request) => listAll(client, { ...request, ...untilClosed(request) }),
    watch: (request) => watchAll(client, { ...request, ...untilClosed(request) }),
    exec: (request) => exec({ ...request, ...untilClosed(request) }),
    serverTime: (local) => clock.tell(local, performance.now()),
    close() {
      closing.abort(new ConnectionError('the connection was closed', { kind: 'closed', sent: true }));
      transport.close();
    },
  };
}
