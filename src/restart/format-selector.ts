import type { JsonObject } from '../objects/json.ts';
import { readObject, readObjects, readText } from '../objects/json.ts';

/** The label selector of a raw workload as a query takes it. */
export function formatSelector(raw: JsonObject): string {
  const selector = readObject(readObject(raw, 'spec'), 'selector');
  // A ReplicationController has the labels alone.
  const isBare = readObject(selector, 'matchLabels') === undefined && selector?.['matchExpressions'] === undefined;
  const labels = Object.entries((isBare ? selector : readObject(selector, 'matchLabels')) ?? {});
  const equal = labels.map(([key, value]) => `${key}=${String(value)}`);
  const expressions = readObjects(selector, 'matchExpressions').map((expression) => {
    const key = readText(expression, 'key');
    const values = Array.isArray(expression['values']) ? expression['values'].join(',') : '';
    switch (readText(expression, 'operator')) {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...equal, ...expressions].join(',');
}
