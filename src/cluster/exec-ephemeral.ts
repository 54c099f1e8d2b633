import { FIELD_MANAGER } from '../name.ts';
import type { ObjectReference } from '../types.ts';
import { ApiError, isMissingRight } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { ConnectionError } from './connection-error.ts';
import { ExecError } from './exec-error.ts';
import { pause } from './retry.ts';

/** Where a container stands that was added; `final` when waiting is no use. */
export type AddedState = { state: 'running' } | { state: 'waiting'; final: boolean; why: string };

/** What to add, and how to follow it. */
export interface EphemeralRequest {
  pod: ObjectReference;
  /** The pod must still be this one. */
  uid: string;
  /** The container as the API takes it. */
  container: object;
  /** Reads where it stands. */
  readState: () => Promise<AddedState>;
  /** Milliseconds to wait until it runs. */
  patience: number;
  signal: AbortSignal;
}

const INTERVAL = 300;

/**
 * Adds an ephemeral container to a running pod and waits until it runs. It stays in the pod, whatever becomes of it.
 * https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 * @throws ExecError when it is refused, or does not run in time
 */
export async function addEphemeralContainer(cluster: Cluster, request: EphemeralRequest): Promise<void> {
  const { pod, uid, container, readState, patience, signal } = request;
  const { namespace, name } = pod;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/ephemeralcontainers`;
  try {
    await cluster.request({
      method: 'PATCH',
      path,
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { uid }, spec: { ephemeralContainers: [container] } },
      contentType: 'application/strategic-merge-patch+json',
      signal,
    });
  } catch (error) {
    throw explain(error);
  }
  const late = AbortSignal.timeout(patience);
  for (;;) {
    const state = await readState();
    if (state.state === 'running') return;
    if (state.final) throw new ExecError('failed', state.why);
    if (late.aborted) throw new ExecError('timeout', `it does not run after ${patience / 1000} s: ${state.why}`);
    await pause(INTERVAL, signal);
  }
}

/** Admission forbids one pod, a missing right all pods of a namespace: the server says both with the same code. */
function explain(error: unknown): unknown {
  if (error instanceof ApiError && error.code !== 401) {
    const { code, message, hint } = error;
    const isGone = code === 404 || (code === 422 && error.details.causes.some(({ field }) => field === 'metadata.uid'));
    return new ExecError(isMissingRight(error) ? 'forbidden' : isGone ? 'gone' : 'failed', message, {
      hint,
      cause: error,
    });
  }
  if (error instanceof ConnectionError) return new ExecError('failed', error.message, { cause: error });
  return error;
}
