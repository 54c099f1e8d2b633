import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ApiError } from './api-error.ts';
import type { ExecRequest, ExecResult } from './cluster.ts';
import type { ConnectionOptions, Environment } from './environment.ts';
import { makeExecByKubectl } from './exec-by-kubectl.ts';
import { ExecError, explainRefusal } from './exec-error.ts';
import { FrameReader, makeClose, makePong } from './exec-frames.ts';
import { ExecOutput } from './exec-result.ts';
import { limitParallel } from './limit-parallel.ts';
import type { Client } from './request.ts';
import { readRefusal, requestJson } from './request.ts';

/** Commands at once: each has a connection of its own through the API server to a node. */
const PARALLEL = 8;
const TIMEOUT = 10_000;

/**
 * Makes the function that runs commands in containers: over a WebSocket, or, for a user who may only `create` pods/exec (a WebSocket
 * begins with a `get`), by kubectl, which knows the older protocol.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
 */
export function makeExec(
  client: Client,
  options: ConnectionOptions,
  environment: Environment,
): (request: ExecRequest) => Promise<ExecResult> {
  const inTurn = limitParallel(PARALLEL);
  const execByKubectl = makeExecByKubectl(options, environment);
  const attempt = async (request: ExecRequest, signal: AbortSignal): Promise<ExecResult> => {
    try {
      return await execByWebSocket(client, { ...request, signal });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 403) throw error;
      if (!(await mayCreate(client, request, signal))) throw error;
      return execByKubectl({ ...request, signal });
    }
  };
  return (request) =>
    inTurn(async () => {
      request.signal?.throwIfAborted();
      const { timeout = TIMEOUT } = request;
      const late = new AbortController();
      const alarm = setTimeout(() => {
        late.abort(new ExecError('timeout', `the command gave no result within ${timeout / 1000} s`));
      }, timeout);
      try {
        const signals = request.signal ? [request.signal, late.signal] : [late.signal];
        return await attempt(request, AbortSignal.any(signals));
      } catch (error) {
        throw request.signal?.aborted ? request.signal.reason : explainRefusal(error);
      } finally {
        clearTimeout(alarm);
      }
    });
}

/** Version 5 adds the closing of standard input, which is not needed here: servers before 1.29 know version 4 only. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

async function execByWebSocket(client: Client, request: ExecRequest): Promise<ExecResult> {
  const { signal } = request;
  const key = randomBytes(16).toString('base64');
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    'sec-websocket-protocol': PROTOCOLS.join(', '),
  };
  const { transport, limits } = client;
  const answer = await transport.send(
    { method: 'GET', path: execPath(request), headers, signal, switches: true },
    { connect: limits.connect, silence: 0, total: 0 },
  );
  if (!answer.switched) throw await readRefusal(answer, transport);
  const { connection, head } = answer.switched;
  const protocol = answer.headers['sec-websocket-protocol'] ?? '';
  if (answer.headers['sec-websocket-accept'] !== acceptOf(key) || !PROTOCOLS.includes(protocol)) {
    connection.destroy();
    throw new ExecError('failed', 'the server, or a proxy before it, does not speak the WebSocket protocol of exec');
  }
  return converse(connection, head, signal);
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
function execPath({ namespace, pod, container, command }: ExecRequest): string {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query}`;
}

/** What proves that the other side has understood the key. https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2 */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Reads all that the command prints, until the server closes the connection. */
function converse(connection: Duplex, head: Buffer, signal: AbortSignal | undefined): Promise<ExecResult> {
  const output = new ExecOutput();
  return new Promise<ExecResult>((resolve, reject) => {
    const finish = () => {
      signal?.removeEventListener('abort', abort);
      // Once the end of the command is told, it does not matter how the connection ends.
      try {
        resolve(output.finish());
      } catch (error) {
        reject(error);
      }
    };
    const fail = (reason: unknown) => {
      if (!output.isEnded || output.isTooMuch) reject(reason);
      finish();
      connection.destroy();
    };
    const abort = () => fail(signal?.reason);
    const reader = new FrameReader({
      message: () => output.begin(),
      data: (piece) => output.add(piece),
      ping: (payload) => connection.write(makePong(payload, randomBytes(4))),
      close() {
        finish();
        connection.end(makeClose(randomBytes(4)), () => connection.destroy());
      },
    });
    const take = (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        fail(error instanceof ExecError ? error : brokenFrames(error));
      }
    };
    signal?.addEventListener('abort', abort, { once: true });
    connection.on('data', take);
    connection.on('error', (error) => fail(new ExecError('failed', `the connection was lost: ${error.message}`)));
    connection.on('end', () => {
      finish();
      connection.destroy();
    });
    connection.on('close', finish);
    if (head.length > 0) take(head);
    if (signal?.aborted) abort();
  });
}

function brokenFrames(error: unknown): ExecError {
  const why = error instanceof Error ? error.message : String(error);
  return new ExecError('failed', `the answer of the server is broken: ${why}`, { cause: error });
}

/** Asks whether the user has the right that exec took before it spoke WebSocket. */
async function mayCreate(client: Client, { namespace, pod }: ExecRequest, signal: AbortSignal): Promise<boolean> {
  const resourceAttributes = { namespace, verb: 'create', resource: 'pods', subresource: 'exec', name: pod };
  try {
    const review = await requestJson<{ status?: { allowed?: boolean } }>(client, {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
      signal,
    });
    return review.status?.allowed === true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
