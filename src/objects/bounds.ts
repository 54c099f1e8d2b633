import type { Autoscaler, DisruptionBudget, Quota } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readInteger, readObject, readObjects, readText, readTextList } from './json.ts';
import { readSelector } from './label-requirements.ts';
import { readKind, readReference } from './metadata.ts';
import { parseQuantity } from './quantity.ts';

/** A raw PodDisruptionBudget. */
export function projectBudget(raw: unknown): DisruptionBudget {
  const object = toObject(raw);
  const status = readObject(object, 'status');
  const expected = readInteger(status, 'expectedPods', 0);
  return {
    ref: readReference(object, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' }),
    selector: readSelector(readObject(object, 'spec'), 'selector'),
    allowed: readInteger(status, 'disruptionsAllowed', 0),
    most: expected === 0 ? null : Math.max(0, expected - readInteger(status, 'desiredHealthy', 0)),
  };
}

/** A raw HorizontalPodAutoscaler. */
export function projectAutoscaler(raw: unknown): Autoscaler {
  const object = toObject(raw);
  const ref = readReference(object, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' });
  const spec = readObject(object, 'spec');
  const target = readObject(spec, 'scaleTargetRef') ?? {};
  return {
    ref,
    target: { ...readKind(target), namespace: ref.namespace, name: readText(target, 'name') },
    minReplicas: readInteger(spec, 'minReplicas', 1),
  };
}

/** A raw ResourceQuota, with what its controller has counted. */
export function projectQuota(raw: unknown): Quota {
  const object = toObject(raw);
  const spec = readObject(object, 'spec');
  const status = readObject(object, 'status');
  const used = readObject(status, 'used');
  const selected = readObjects(readObject(spec, 'scopeSelector'), 'matchExpressions');
  return {
    ref: readReference(object, { apiVersion: 'v1', kind: 'ResourceQuota' }),
    scopes: [...readTextList(spec, 'scopes'), ...selected.map((expression) => readText(expression, 'scopeName'))],
    amounts: Object.entries(readObject(status, 'hard') ?? {}).flatMap(([resource, value]) => {
      const hard = parseQuantity(value);
      const now = parseQuantity(used?.[resource]);
      return hard === null || now === null
        ? []
        : [{ resource, hard, used: now, text: `${String(used?.[resource])} of ${String(value)}` }];
    }),
  };
}

function toObject(raw: unknown): JsonObject {
  return isJsonObject(raw) ? raw : {};
}
