import { ReloadError } from '../error.ts';
import { isSelected } from '../objects/label-requirements.ts';
import type { LabelRequirement } from '../types.ts';

/** Says whether an object with these labels is selected. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = '([A-Za-z0-9][A-Za-z0-9._/-]*)';
const VALUE = '([A-Za-z0-9._-]*)';
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*${VALUE}$`);
const EXISTS = new RegExp(`^(!?)\\s*${KEY}$`);

/**
 * Parses a label selector as kubectl takes it: `app=web,tier!=db,env in (a,b),!canary`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 * @throws ReloadError that names the part which is wrong
 */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map((part) => parseRequirement(part.trim(), text));
  return (labels) => isSelected(labels, requirements);
}

function splitOutsideParentheses(text: string): string[] {
  return text.trim() === '' ? [] : text.split(/,(?![^(]*\))/);
}

function parseRequirement(part: string, whole: string): LabelRequirement {
  const set = SET.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
  }
  const equal = EQUAL.exec(part);
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal;
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const exists = EXISTS.exec(part);
  if (exists !== null) {
    const [, not, key = ''] = exists;
    return { key, operator: not === '' ? 'Exists' : 'DoesNotExist', values: [] };
  }
  throw new ReloadError(`the selector "${whole}" cannot be read at "${part}"`, {
    hint: 'Write it as kubectl takes it: app=web,tier!=db,env in (a,b),!canary',
  });
}
