import { beforeAll, describe, expect, test } from 'bun:test';
import { readRolloutObject } from '../../src/rollout/rollout-object.ts';
import { rolloutState } from '../../src/rollout/state.ts';
import type { RolloutState } from '../../src/types.ts';
import { makeRandom } from '../support/random.ts';
import type { GeneratedWorkload } from './generate-rollouts.ts';
import { makeWorkload } from './generate-rollouts.ts';
import type { RolloutAnswer } from './oracle.ts';
import { askRolloutStatus, buildOracle } from './oracle.ts';

beforeAll(async () => {
  await buildOracle({ onProgress: (line) => process.stderr.write(`${line}\n`) });
}, 1_200_000);

/** What is compared: how it stands, and the sentence. */
interface Verdict {
  phase: 'open' | 'complete' | 'failed';
  sentence: string;
}

/** One known difference: kubectl's fault, and what we say instead. */
interface Difference {
  /** Where kubectl is wrong or blind, in a sentence. */
  why: string;
  /** True for an object that has it. */
  of(workload: GeneratedWorkload, theirs: Verdict): boolean;
  /** True for what we may say then. */
  allows(ours: Verdict, theirs: Verdict): boolean;
}

/** The same sentence, with the reason in brackets behind it. */
const explains = (ours: Verdict, theirs: Verdict): boolean =>
  ours.phase === theirs.phase && ours.sentence.startsWith(`${theirs.sentence} (`) && ours.sentence.endsWith(')');

const desiredOf = ({ kind, spec, status }: GeneratedWorkload): number =>
  kind === 'DaemonSet' ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);

const hasRefusal = ({ status }: GeneratedWorkload): boolean =>
  status.conditions?.some(({ type, status: value }) => type === 'ReplicaFailure' && value === 'True') === true;

const DIFFERENCES: Record<GeneratedWorkload['kind'], Difference[]> = {
  Deployment: [
    {
      why: 'kubectl does not read the ReplicaFailure condition: it waits without a word, while no pod can be created',
      of: (workload, theirs) =>
        theirs.phase === 'open' && hasRefusal(workload) && (workload.status.updatedReplicas ?? 0) < desiredOf(workload),
      allows: (ours, theirs) =>
        explains(ours, theirs) || (ours.phase === 'failed' && ours.sentence.includes('pods cannot be created: ')),
    },
    {
      why: 'kubectl says that the deadline is exceeded and not of what, where the ReplicaFailure condition holds the reason',
      of: (workload, theirs) => hasRefusal(workload) && theirs.phase === 'failed',
      allows: (ours, theirs) => ours.phase === 'failed' && ours.sentence.startsWith(`${theirs.sentence}: pods cannot`),
    },
    {
      why: 'kubectl waits for ever on a Deployment that is paused, and does not say that it is',
      of: ({ spec }) => spec.paused === true,
      allows: (ours, theirs) => explains(ours, theirs) && ours.sentence.includes('kubectl rollout resume'),
    },
    {
      why: 'kubectl takes a Deployment without spec.replicas for done with none; the API server makes it one replica',
      of: ({ spec }) => spec.replicas === undefined,
      allows: (ours) => /0 out of 1 new replicas have been updated|pods cannot be created/.test(ours.sentence),
    },
  ],
  StatefulSet: [
    {
      why: 'kubectl refuses OnDelete, where we count down the pods that are still to be deleted',
      of: ({ spec }) => spec.updateStrategy?.type === 'OnDelete',
      allows: (ours, theirs) =>
        theirs.sentence === 'rollout status is only available for RollingUpdate strategy type' &&
        ours.phase !== 'failed',
    },
    {
      why: 'kubectl takes an absent partition for the end of the rollout; the API server takes it for 0',
      of: ({ spec }, theirs) =>
        spec.updateStrategy?.rollingUpdate !== undefined &&
        spec.updateStrategy.rollingUpdate.partition === undefined &&
        theirs.phase === 'complete',
      allows: (ours) => ours.phase === 'open' && ours.sentence.startsWith('Waiting for partitioned roll out to finish'),
    },
    {
      why: 'kubectl does not wait for minReadySeconds: it says done while pods are not yet available',
      of: (workload, theirs) =>
        theirs.phase === 'complete' && (workload.status.availableReplicas ?? 0) < desiredOf(workload),
      allows: (ours) => ours.phase === 'open' && /^Waiting for \d+ pods to be available\.\.\.$/.test(ours.sentence),
    },
    {
      why: 'kubectl compares the two newest revisions only: after an undo a pod of a third one may be left, and it says done',
      of: ({ spec, status }, theirs) =>
        spec.updateStrategy?.rollingUpdate === undefined &&
        status.updateRevision === status.currentRevision &&
        theirs.phase === 'complete',
      allows: (ours) =>
        ours.phase === 'open' && ours.sentence.startsWith('waiting for statefulset rolling update to complete'),
    },
    {
      why: 'kubectl takes a StatefulSet without spec.replicas for one of none; the API server makes it one replica',
      of: ({ spec }) => spec.replicas === undefined,
      allows: (ours) => ours.phase === 'open',
    },
  ],
  DaemonSet: [
    {
      why: 'kubectl refuses OnDelete, where we count down the pods that are still to be deleted',
      of: ({ spec }) => spec.updateStrategy?.type === 'OnDelete',
      allows: (ours, theirs) =>
        theirs.sentence === 'rollout status is only available for RollingUpdate strategy type' &&
        ours.phase !== 'failed',
    },
  ],
};

function readTheirs({ message, done, error }: RolloutAnswer): Verdict {
  const sentence = error || message.trimEnd();
  return { phase: error ? 'failed' : done ? 'complete' : 'open', sentence };
}

function readOurs({ phase, message }: RolloutState): Verdict {
  return { phase: phase === 'complete' || phase === 'failed' ? phase : 'open', sentence: message };
}

describe.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)('a %s', (kind) => {
  test('is judged as by kubectl rollout status, but for the faults that kubectl is known to have', async () => {
    const random = makeRandom(kind.length);
    const workloads = Array.from({ length: 1000 }, () => makeWorkload(random, kind));
    const answers = await askRolloutStatus(workloads);
    const met = new Map<string, number>();
    const strange: object[] = [];
    for (const [index, workload] of workloads.entries()) {
      const object = readRolloutObject(kind, workload);
      const answer = answers[index];
      if (!object || !answer) throw new Error('it was not read');
      const theirs = readTheirs(answer);
      const ours = readOurs(rolloutState(object, null));
      const isEqual = ours.phase === theirs.phase && ours.sentence === theirs.sentence;
      const known = DIFFERENCES[kind].find((one) => one.of(workload, theirs) && one.allows(ours, theirs));
      if (isEqual) count(met, `equal, ${ours.phase}`);
      else if (known) count(met, known.why);
      else strange.push({ workload, ours, theirs });
    }
    expect(strange).toEqual([]);
    // A difference that no object has would stand there without a test.
    for (const { why } of DIFFERENCES[kind]) expect(met.get(why) ?? 0).toBeGreaterThan(0);
    // The words are compared, and not only the refusals.
    expect(met.get('equal, open') ?? 0).toBeGreaterThan(300);
    expect(met.get('equal, complete') ?? 0).toBeGreaterThan(50);
  });
});

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
