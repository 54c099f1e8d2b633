import type { LabelRequirement } from '../types.ts';
import type { JsonObject } from './json.ts';
import { readObject, readObjects, readText, readTextList } from './json.ts';

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/**
 * The requirements of a `LabelSelector` field; `null` where there is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/
 */
export function readSelector(from: JsonObject | undefined, field: string): LabelRequirement[] | null {
  const selector = readObject(from, field);
  if (selector === undefined) return null;
  const labels = Object.entries(readObject(selector, 'matchLabels') ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'In', values: [String(value)] }),
  );
  return [...labels, ...readRequirements(selector, 'matchExpressions')];
}

function readRequirements(from: JsonObject, field: string): LabelRequirement[] {
  return readObjects(from, field).flatMap((expression) => readRequirement(expression) ?? []);
}

/** One of `matchExpressions`; `null` for an operator that selects no labels. */
export function readRequirement(expression: JsonObject): LabelRequirement | null {
  const operator = readText(expression, 'operator');
  return isOperator(operator)
    ? { key: readText(expression, 'key'), operator, values: readTextList(expression, 'values') }
    : null;
}

function isOperator(text: string): text is LabelRequirement['operator'] {
  return OPERATORS.includes(text);
}

/** True when these labels are selected. */
export function isSelected(
  labels: Readonly<Record<string, string>>,
  selector: readonly LabelRequirement[] | null,
): boolean {
  if (selector === null) return false;
  return selector.every((requirement) => isMet(requirement, readLabel(labels, requirement.key)));
}

/** The value of a label; `undefined` where there is none. */
export function readLabel(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** True when a label of this value, `undefined` for none, is what is required. */
export function isMet({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return operator satisfies never;
  }
}
