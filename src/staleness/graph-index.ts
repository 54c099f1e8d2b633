import { findRecreated } from '../graph/recreated.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigObject, Graph, NodeClock, ObjectReference, Workload } from '../types.ts';
import type { WriteTimeline } from './witness.ts';
import { makeTimeline } from './witness.ts';

/** What verdicts look up in a graph. Of one graph it serves all of them, whichever of its uses are judged, and how often. */
export interface GraphIndex {
  timeline: WriteTimeline;
  findConfig(ref: ObjectReference): ConfigObject | undefined;
  findWorkload(ref: ObjectReference): Workload | undefined;
  findClock(node: string): NodeClock | undefined;
  /** True for an immutable config that is younger than a pod which uses it. */
  isRecreated(ref: ObjectReference): boolean;
}

/** Makes the index of a graph. */
export function indexGraph(graph: Graph): GraphIndex {
  const timeline = makeTimeline(listWitnesses(graph));
  const recreated = findRecreated(graph);
  const clocks = new Map(graph.nodeClocks?.map((clock) => [clock.node, clock]));
  const configs = new Map(graph.configs.map((config) => [objectKey(config.ref), config]));
  const workloads = new Map(graph.workloads.map((workload) => [objectKey(workload.ref), workload]));
  return {
    timeline,
    findConfig: (ref) => configs.get(objectKey(ref)),
    findWorkload: (ref) => workloads.get(objectKey(ref)),
    findClock: (node) => clocks.get(node),
    isRecreated: (ref) => recreated.size > 0 && recreated.has(objectKey(ref)),
  };
}

function* listWitnesses({ workloads, configs }: Graph) {
  for (const { pods } of workloads) yield* pods;
  for (const { resourceVersion, writtenAt } of configs) yield { resourceVersion, writtenAt, isLoose: true } as const;
}
