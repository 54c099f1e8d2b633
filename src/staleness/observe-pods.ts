import { isJsonObject, readObject, readText } from '../objects/json.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigRef, ObjectReference, PodObject } from '../types.ts';
import type { ContainerEnvironment } from './inside.ts';
import type { RunCommand } from './observe.ts';
import { observeBeside, observeContainer } from './observe.ts';
import type { ReadContent, SeenPod } from './observe-pod.ts';
import { observePod } from './observe-pod.ts';
import type { SeenUse } from './observe-uses.ts';
import { SilentNodes } from './silent-nodes.ts';

/** How to look into containers. */
export interface Observers {
  /** The raw pods, by `objectKey`; those that are gone or may not be read are left out. */
  readPods: (pods: readonly ObjectReference[]) => Promise<ReadonlyMap<string, unknown>>;
  readContent: ReadContent;
  run: (pod: ObjectReference, container: string) => RunCommand;
  /** Looks from ephemeral containers into those whose image has nothing to look with; left out where that is not wanted. */
  beside?: Beside;
}

/** Adds ephemeral containers. */
export interface Beside {
  /** Asks the user, once for all of them. */
  agree: (containers: readonly BlindContainer[]) => Promise<boolean>;
  /** @param pod the raw pod */
  open: (pod: unknown, container: string) => Promise<Opened>;
}

/** A container whose image has nothing to look with. */
export interface BlindContainer {
  pod: ObjectReference;
  container: string;
}

/** An ephemeral container that runs, or why there is none; `isRefused` where the user may not add any. */
export type Opened =
  | { opened: true; run: RunCommand; end: () => Promise<void> }
  | { opened: false; why: string; isRefused: boolean };

/** The uses of one pod to look at. */
export interface PodUses {
  pod: PodObject;
  uses: readonly ConfigRef[];
}

/** Gets what was seen, pod by pod. Of environments only those with which containers were created. */
export interface Sink {
  keep: (pod: PodObject, seen: SeenUse) => void;
  keepEnvironment?: (pod: PodObject, environment: ContainerEnvironment) => void;
}

/** Looks into pods, with one memory of what does not answer or is refused. */
export interface PodObserver {
  look: (pods: readonly PodUses[]) => Promise<void>;
  /** Looks from ephemeral containers into those that `look` could not see into for want of tools. */
  lookBeside: () => Promise<void>;
  /** What to tell the user, each once. */
  troubles: () => string[];
}

/** More wait for their turn to run a command; more than this need not be held in memory for it. */
const PODS_AT_ONCE = 16;
/** Each takes a node some seconds of starting it. */
const BESIDE_AT_ONCE = 4;

/** @param keepsValues whether the sink gets the values that differ */
export function makePodObserver(observers: Observers, sink: Sink, keepsValues = false): PodObserver {
  const { readPods, readContent, run, beside } = observers;
  const refused = new Set<string>();
  const troubles = new Set<string>();
  const nodes = new SilentNodes();
  const blind: PodUses[] = [];

  const keep = (pod: PodObject, { uses, environments }: SeenPod): void => {
    for (const seen of uses) sink.keep(pod, seen);
    for (const environment of environments) sink.keepEnvironment?.(pod, environment);
  };
  // Those who came at the same time are refused with the names of their pods: one of them tells it.
  const refuse = (namespace: string, why: string): void => {
    if (!refused.has(namespace)) troubles.add(why);
    refused.add(namespace);
  };
  const lookAt = async ({ pod, uses }: PodUses, raw: unknown): Promise<void> => {
    const { namespace } = pod.ref;
    if (refused.has(namespace)) return keep(pod, allRefused(uses));
    const guard = nodes.guard(readNodeName(raw));
    const observe = (container: string) => {
      const guarded = guard(run(pod.ref, container));
      return (readings: Parameters<typeof observeContainer>[1]) => observeContainer(guarded, readings);
    };
    const seen = await observePod({ pod, raw, uses, observe, readContent, keepsValues });
    if (seen.refusal !== null) {
      refuse(namespace, seen.refusal);
      return keep(pod, allRefused(uses));
    }
    keep(pod, seen);
    const unseen = seen.uses.filter((one) => one.seen.seen === 'nothing' && one.seen.isOfImage);
    if (unseen.length > 0) blind.push({ pod, uses: unseen.map(({ use }) => use) });
  };
  const look = async (pods: readonly PodUses[]): Promise<void> => {
    if (pods.length === 0) return;
    const raws = await readPods(pods.map(({ pod }) => pod.ref));
    await forEach(pods, PODS_AT_ONCE, (one) => lookAt(one, raws.get(objectKey(one.pod.ref))));
  };

  const lookFromBeside = async (one: PodUses, { open }: Beside): Promise<void> => {
    const { pod } = one;
    const { namespace } = pod.ref;
    if (refused.has(namespace)) return;
    // Its image and its user must be those of now, and a name is free as long as nobody else has taken it.
    const raw = (await readPods([pod.ref])).get(objectKey(pod.ref));
    for (const container of containersOf(one)) {
      const opened = await open(raw, container);
      if (!opened.opened) {
        if (opened.isRefused) refuse(namespace, opened.why);
        else troubles.add(opened.why);
      }
      const observe = () => async (readings: Parameters<typeof observeBeside>[1]) => {
        if (opened.opened) return observeBeside(opened.run, readings);
        return { seen: 'nothing', why: opened.why, isRefused: false, isOfImage: false } as const;
      };
      const uses = one.uses.filter((use) => use.container === container);
      const seen = await observePod({ pod, raw, uses, observe, readContent, keepsValues });
      // The environment of a process is what it has made of the one that its container was created with.
      keep(pod, { ...seen, environments: [] });
      if (opened.opened) await opened.end();
      else if (opened.isRefused) return;
    }
  };
  const lookBeside = async (): Promise<void> => {
    const pods = blind.splice(0);
    if (beside === undefined || pods.length === 0) return;
    const containers = pods.flatMap((one) => containersOf(one).map((container) => ({ pod: one.pod.ref, container })));
    if (await beside.agree(containers)) await forEach(pods, BESIDE_AT_ONCE, (one) => lookFromBeside(one, beside));
  };
  return { look, lookBeside, troubles: () => [...troubles] };
}

async function forEach<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const takeOneByOne = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, takeOneByOne));
}

function readNodeName(pod: unknown): string {
  return readText(readObject(isJsonObject(pod) ? pod : undefined, 'spec'), 'nodeName');
}

function containersOf({ uses }: PodUses): string[] {
  return [...new Set(uses.map(({ container }) => container ?? ''))];
}

function allRefused(uses: readonly ConfigRef[]): SeenPod {
  const seen = { seen: 'nothing', why: 'that is not allowed', isOfImage: false } as const;
  return { uses: uses.map((use) => ({ use, seen, values: new Map() })), environments: [], refusal: null };
}
