import { createHash } from 'node:crypto';
import { objectKey } from '../objects/object-key.ts';
import { compareObjects, compareText } from '../objects/reference-order.ts';
import { WORST_FIRST } from '../staleness/status.ts';
import type {
  ConfigKind,
  ConfigObject,
  DiffHolder,
  DiffItem,
  DiffKey,
  DiffPod,
  ObjectReference,
  PodObject,
  State,
} from '../types.ts';
import type { ConfigValue, ConfigValues } from './config-values.ts';
import type { ValueOptions } from './diff-value.ts';
import { diffValue } from './diff-value.ts';
import type { HeldValue, Verdict } from './held.ts';

/** A container with what it holds that is not, or may not be, what its config holds now. */
export interface Holding extends Verdict {
  held: ReadonlyMap<string, HeldValue>;
}

/** A config with those who hold something else of it. */
export interface HeldConfig {
  ref: ObjectReference;
  kind: ConfigKind;
  /** `null` when it does not exist or may not be read. */
  config: ConfigObject | null;
  /** `null` when it may not be read. */
  now: ConfigValues | null;
  holdings: readonly Holding[];
}

/** A container of a pod; `state` is the worst over its uses of the config. */
interface Holder {
  workload: ObjectReference;
  pod: string;
  container: string | null;
  state: State;
  /** The containers of the pod that use the config. */
  users: ReadonlySet<string>;
}

/** One old value of one key, with the numbers of those who hold it. */
interface OldValue {
  key: string;
  held: HeldValue;
  holders: Set<number>;
}

/** One item for each set of containers that hold the same: however many pods hold an old value, it is shown once. */
export function groupHoldings(held: HeldConfig, options: ValueOptions): DiffItem[] {
  const holders: Holder[] = [];
  const olds = collectOldValues(held, holders);
  const groups = Map.groupBy(olds, (old) => {
    return `${describeProof(old.held)} ${[...old.holders].sort((a, b) => a - b).join()}`;
  });
  return [...groups.values()].map((group) => makeItem(held, group, holders, options));
}

function collectOldValues({ holdings }: HeldConfig, holders: Holder[]): OldValue[] {
  const identify = makeIdentify();
  const numbers = new Map<string, number>();
  const known = new Set<string>();
  const olds = new Map<string, OldValue>();
  for (const { evidence, judgement, held } of holdings) {
    const { dependency, pod } = evidence;
    const id = JSON.stringify([objectKey(dependency.workload), pod.ref.name, dependency.container]);
    const number = numbers.get(id) ?? holders.length;
    const holder = holders[number];
    if (holder === undefined) {
      numbers.set(id, number);
      const { workload, container } = dependency;
      const users = findUsers(pod, dependency.config);
      holders.push({ workload, pod: pod.ref.name, container, state: judgement.state, users });
    } else if (rank(judgement.state) < rank(holder.state)) holder.state = judgement.state;
    for (const [key, value] of held) {
      if (value.end === 'known') known.add(`${number} ${key}`);
      const oldId = `${key}\0${identify(value)}`;
      const old = olds.get(oldId);
      if (old === undefined) olds.set(oldId, { key, held: value, holders: new Set([number]) });
      else old.holders.add(number);
    }
  }
  // What one use of a container cannot tell, another use of the same container may.
  for (const { key, held, holders: numbersOf } of olds.values()) {
    if (held.end === 'unknown')
      for (const number of numbersOf) if (known.has(`${number} ${key}`)) numbersOf.delete(number);
  }
  return [...olds.values()].filter((old) => old.holders.size > 0);
}

function findUsers({ references }: PodObject, config: ObjectReference): ReadonlySet<string> {
  const users = references.filter((use) => use.config.name === config.name && use.config.kind === config.kind);
  return new Set(users.map(({ container }) => container).filter((name) => name !== null));
}

function rank(state: State): number {
  return WORST_FIRST.indexOf(state);
}

/** What was seen and what the API tells is equally true; what is only likely stays apart. */
function describeProof(held: HeldValue): 'proven' | 'likely' | 'none' {
  if (held.end === 'unknown') return 'none';
  return held.evidence === 'lastApplied' ? 'likely' : 'proven';
}

/** Texts that two old values share only when they are the same. */
function makeIdentify(): (held: HeldValue) => string {
  const hashes = new WeakMap<ConfigValue, string>();
  return (held) => {
    if (held.end === 'unknown') return JSON.stringify([held.differs, held.reason]);
    const { value } = held;
    const proof = describeProof(held);
    if (value === null) return proof;
    const hash = hashes.get(value) ?? createHash('sha256').update(value.bytes).digest('base64');
    hashes.set(value, hash);
    return `${proof} ${value.field} ${hash}`;
  };
}

function makeItem(
  { ref, kind, config, now }: HeldConfig,
  olds: readonly OldValue[],
  all: readonly Holder[],
  options: ValueOptions,
): DiffItem {
  const [first] = olds;
  const holders = [...(first?.holders ?? [])].flatMap((number) => all[number] ?? []);
  const known = new Set(olds.map(({ held }) => (held.end === 'known' ? held.evidence : 'none')));
  const evidence = (['exec', 'history', 'lastApplied'] as const).find((one) => known.has(one)) ?? 'none';
  const existed = olds.some(({ held }) => held.end === 'known' && held.value !== null) || null;
  const writes = new Map(config?.keys.map((write) => [write.key, write]));
  const keys = olds.map(({ key, held }): DiffKey => {
    const value = now?.values.get(key) ?? null;
    const write = writes.get(key);
    return { key, ...describe(held, value, kind, options), changedAt: write?.at ?? null, changedBy: write?.by ?? null };
  });
  return {
    config: ref,
    from: { source: 'running', evidence, name: ref.name, exists: existed, file: '' },
    to: { source: 'cluster', evidence: null, name: ref.name, exists: now === null ? null : config !== null, file: '' },
    workloads: describeHolders(holders),
    fields: [],
    keys: keys.sort((a, b) => compareText(a.key, b.key)),
    impact: [],
  };
}

function describe(held: HeldValue, now: ConfigValue | null, kind: ConfigKind, options: ValueOptions) {
  if (held.end === 'unknown') {
    const change = !held.differs ? ('unknown' as const) : now === null ? ('removed' as const) : ('changed' as const);
    return { change, diff: '', note: held.reason };
  }
  return diffValue(held.value, now, kind, options) ?? { change: 'unknown' as const, diff: '', note: '' };
}

function describeHolders(holders: readonly Holder[]): DiffHolder[] {
  const groups = Map.groupBy(holders, ({ workload }) => objectKey(workload));
  return [...groups.values()].flatMap(describeGroup).sort(compareObjects);
}

/** What the containers of one workload hold. */
function describeGroup(group: readonly Holder[]): DiffHolder[] {
  const [first] = group;
  if (first === undefined) return [];
  const containers = new Map<string, Set<string>>();
  for (const { pod, container } of group) {
    const names = containers.get(pod) ?? new Set();
    containers.set(pod, container === null ? names : names.add(container));
  }
  const pods = [...containers].map(([name, of]): DiffPod => ({ name, containers: [...of].sort(compareText) }));
  const isPartial = ({ pod, users }: Holder): boolean => {
    const of = containers.get(pod);
    return of !== undefined && of.size > 0 && [...users].some((name) => !of.has(name));
  };
  const state = group.reduce((worst, holder) => (rank(holder.state) < rank(worst) ? holder.state : worst), first.state);
  pods.sort((a, b) => compareText(a.name, b.name));
  return [{ ...first.workload, state, pods, partial: group.some(isPartial) }];
}
