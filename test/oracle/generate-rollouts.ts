import type { Random } from '../support/random.ts';

/** A workload as the API serves it, with the fields that a rollout is judged by. */
export interface GeneratedWorkload {
  apiVersion: 'apps/v1';
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  metadata: { name: string; namespace: string; uid: string; generation: number };
  spec: {
    replicas?: number;
    paused?: boolean;
    minReadySeconds?: number;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    currentReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
    numberAvailable?: number;
    conditions?: { type: string; status: string; reason: string; message: string }[];
  };
}

/** Makes a workload whose status may be any: half of them as a controller would count, half of them not. */
export function makeWorkload(random: Random, kind: GeneratedWorkload['kind']): GeneratedWorkload {
  const generation = 1 + random.below(4);
  const metadata = { name: random.pick(['web', 'a-b.c', 'x'] as const), namespace: 'shop', uid: 'u', generation };
  // A controller that has not started yet has written nothing.
  const observed = random.once(12) ? {} : { observedGeneration: random.once(5) ? random.below(6) : generation };
  const counts = random.once(2) ? makeCounts(random) : makeWildCounts(random);
  const minReadySeconds = random.once(3) ? { minReadySeconds: random.below(30) } : {};
  const base = { apiVersion: 'apps/v1', kind, metadata } as const;
  switch (kind) {
    case 'Deployment':
      return {
        ...base,
        spec: { ...makeReplicas(random, counts.desired), ...minReadySeconds, ...(random.once(6) && { paused: true }) },
        status: {
          ...observed,
          ...omitZeros({
            replicas: counts.total,
            updatedReplicas: counts.updated,
            readyReplicas: counts.ready,
            availableReplicas: counts.available,
          }),
          conditions: makeConditions(random),
        },
      };
    case 'StatefulSet': {
      const updateRevision = 'x-2';
      const isDone = counts.updated >= counts.desired;
      return {
        ...base,
        spec: {
          ...makeReplicas(random, counts.desired),
          ...minReadySeconds,
          updateStrategy: random.pick([
            { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
            { type: 'RollingUpdate', rollingUpdate: { partition: random.below(6) } },
            { type: 'RollingUpdate', rollingUpdate: {} },
            { type: 'RollingUpdate' },
            ...(random.once(3) ? [{ type: 'OnDelete' }] : []),
          ]),
        },
        status: {
          ...observed,
          updateRevision,
          currentRevision: isDone !== random.once(8) ? updateRevision : 'x-1',
          ...omitZeros({
            replicas: counts.total,
            updatedReplicas: counts.updated,
            currentReplicas: isDone ? counts.updated : counts.total - counts.updated,
            readyReplicas: counts.ready,
            availableReplicas: counts.available,
          }),
        },
      };
    }
    case 'DaemonSet':
      return {
        ...base,
        spec: { ...minReadySeconds, updateStrategy: { type: random.once(6) ? 'OnDelete' : 'RollingUpdate' } },
        status: {
          ...observed,
          // These are always sent.
          desiredNumberScheduled: counts.desired,
          currentNumberScheduled: counts.total,
          numberReady: counts.ready,
          ...omitZeros({ updatedNumberScheduled: counts.updated, numberAvailable: counts.available }),
        },
      };
    default:
      return kind satisfies never;
  }
}

interface Counts {
  desired: number;
  total: number;
  updated: number;
  ready: number;
  available: number;
}

/** As in a rollout: often done, or with one number that is not there yet. */
function makeCounts(random: Random): Counts {
  const desired = random.below(6);
  const done = { desired, total: desired, updated: desired, ready: desired, available: desired };
  const less = random.below(desired + 1);
  return random.pick([
    done,
    { ...done, updated: less, total: desired + random.below(2) },
    { ...done, total: desired + 1 + random.below(2) },
    { ...done, ready: less, available: less },
    { ...done, available: less },
  ]);
}

function makeWildCounts(random: Random): Counts {
  const [desired, total, updated, ready, available] = Array.from({ length: 5 }, () => random.below(6));
  return {
    desired: desired ?? 0,
    total: total ?? 0,
    updated: updated ?? 0,
    ready: ready ?? 0,
    available: available ?? 0,
  };
}

/** The API server sets it to 1 where it is left out, but a manifest may leave it out. */
function makeReplicas(random: Random, replicas: number): { replicas?: number } {
  return random.once(12) ? {} : { replicas };
}

/** A controller leaves a count out that is 0. */
function omitZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

type Condition = { type: string; status: string; reason: string; message: string };

function makeConditions(random: Random): Condition[] {
  const message = (text: string) => ({ message: text });
  const conditions: Condition[] = [];
  if (!random.once(4)) {
    conditions.push({
      type: 'Progressing',
      ...random.pick([
        { status: 'True', reason: 'NewReplicaSetAvailable', ...message('has successfully progressed.') },
        { status: 'True', reason: 'ReplicaSetUpdated', ...message('is progressing.') },
        { status: 'Unknown', reason: 'DeploymentPaused', ...message('Deployment is paused') },
        { status: 'False', reason: 'ProgressDeadlineExceeded', ...message('has timed out progressing.') },
        { status: 'True', reason: 'FoundNewReplicaSet', ...message('') },
      ]),
    });
  }
  if (random.once(4)) {
    conditions.push({
      type: 'ReplicaFailure',
      status: random.once(4) ? 'False' : 'True',
      reason: 'FailedCreate',
      ...random.pick([
        message('pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3'),
        message('pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged'),
      ]),
    });
  }
  return conditions;
}
