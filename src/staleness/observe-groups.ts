import { objectKey } from '../objects/object-key.ts';
import { referenceKey } from '../objects/reference-order.ts';
import type { ObjectReference, PodObject } from '../types.ts';
import { templateOf } from './inside.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';

/** A use by a container that runs, with the verdict on it by other evidence. */
export interface Candidate {
  evidence: InstanceEvidence;
  judgement: Judgement;
}

/** A pod with what to look at in it. */
export interface PodCandidates {
  pod: PodObject;
  candidates: Candidate[];
}

/** Pods to look into; those together that have the template in common and what is known of them so far. */
export function groupPods(candidates: Iterable<Candidate>): PodCandidates[][] {
  const pods = new Map<string, { workload: ObjectReference } & PodCandidates>();
  for (const candidate of candidates) {
    const { pod, dependency, instance } = candidate.evidence;
    // An annotation names no place in a container where its config could be seen.
    if (dependency.container === null || dependency.via === 'annotation' || !instance.running) continue;
    const known = pods.get(pod.uid);
    if (known === undefined) pods.set(pod.uid, { workload: dependency.workload, pod, candidates: [candidate] });
    else known.candidates.push(candidate);
  }
  const groups = Map.groupBy(pods.values(), ({ workload, pod, candidates: ofPod }) => {
    const verdicts = ofPod.map(({ evidence, judgement }) => [referenceKey(evidence.dependency), judgement.state]);
    return JSON.stringify([objectKey(workload), templateOf(pod), verdicts]);
  });
  return [...groups.values()];
}

/** So many of a list at most, from its first to its last, at even distances. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, index) => all[Math.round((index * (all.length - 1)) / (most - 1))]).filter(
    (one) => one !== undefined,
  );
}
