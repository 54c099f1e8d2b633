import type { JsonObject } from './json.ts';
import { readObject, readObjects, readText } from './json.ts';
import { parseQuantity } from './quantity.ts';

type Amounts = Record<string, number>;

const NONE: Readonly<Amounts> = {};
const SIDES = ['requests', 'limits'] as const;

/**
 * What a pod of this spec counts against a quota: `requests.cpu`, `limits.memory`, ... in cores and bytes; nothing for what its containers
 * leave open. Init containers run one after another, before the others and beside the sidecars, so the larger sum counts.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function sumPodResources(podSpec: JsonObject | undefined): Readonly<Amounts> {
  const containers = readObjects(podSpec, 'containers').map(readResources);
  const inits = readObjects(podSpec, 'initContainers');
  const whole = readResources(podSpec);
  const overhead = readAmounts(podSpec, 'overhead', 'requests.');
  if ([...containers, whole, overhead].every(isEmpty) && inits.every((init) => isEmpty(readResources(init))))
    return NONE;

  let beside: Amounts = {};
  let atStart: Amounts = {};
  for (const init of inits) {
    const amounts = readResources(init);
    const running = add(beside, amounts);
    atStart = larger(atStart, running);
    if (readText(init, 'restartPolicy') === 'Always') beside = running;
  }
  const summed = larger(containers.reduce(add, beside), atStart);
  // What the pod asks for as a whole stands for the sum of its containers.
  return add({ ...summed, ...whole }, overhead);
}

function readResources(from: JsonObject | undefined): Amounts {
  const resources = readObject(from, 'resources');
  const amounts = Object.assign({}, ...SIDES.map((side) => readAmounts(resources, side, `${side}.`)));
  // The API server asks for as much as the limit where a container says only that.
  for (const [name, value] of Object.entries(readAmounts(resources, 'limits', 'requests.'))) amounts[name] ??= value;
  return amounts;
}

function readAmounts(from: JsonObject | undefined, field: string, prefix: string): Amounts {
  const amounts: Amounts = {};
  for (const [name, value] of Object.entries(readObject(from, field) ?? {})) {
    const amount = parseQuantity(value);
    if (amount !== null) amounts[prefix + name] = amount;
  }
  return amounts;
}

function add(one: Amounts, other: Amounts): Amounts {
  const sum = { ...one };
  for (const [name, value] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

function larger(one: Amounts, other: Amounts): Amounts {
  const most = { ...one };
  for (const [name, value] of Object.entries(other)) most[name] = Math.max(most[name] ?? 0, value);
  return most;
}

function isEmpty(amounts: Amounts): boolean {
  return Object.keys(amounts).length === 0;
}
