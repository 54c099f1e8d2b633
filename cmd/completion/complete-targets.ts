import { OPTIONAL_GROUPS } from '../../src/cluster/collect.ts';
import type { ResourceKind } from '../../src/objects/kinds.ts';
import { findKind, groupOf, isConfigKind, RESOURCE_KINDS } from '../../src/objects/kinds.ts';
import type { Candidate, CompletionAnswer } from './answer.ts';

/** Gives the names of all objects of a kind. */
export type ListObjects = (kind: ResourceKind) => Promise<readonly string[]>;

/** The kinds that a target can be of. */
const TARGET_KINDS = RESOURCE_KINDS.filter(({ template, kind }) => template !== null || isConfigKind(kind));
const CONFIG_KINDS = TARGET_KINDS.filter(({ kind }) => isConfigKind(kind));

/**
 * Completes a target: a type or several with commas, then names; or pairs of the form TYPE/NAME, where the first was one.
 * @param before the targets before it
 */
export async function completeTarget(
  typed: string,
  before: readonly string[],
  listObjects: ListObjects,
): Promise<CompletionAnswer> {
  const [first] = before;
  if (typed.includes('/') && (first === undefined || first.includes('/'))) {
    return { candidates: await completePair(typed, before, TARGET_KINDS, listObjects) };
  }
  if (first === undefined) return { candidates: completeTypes(typed) };
  if (first.includes('/')) return completePairType(typed, TARGET_KINDS);
  const kinds = first.split(',').map(findTargetKind);
  const names = await Promise.all(kinds.map((kind) => (kind === undefined ? [] : listObjects(kind))));
  const free = new Set(names.flat().filter((name) => name.startsWith(typed) && !before.slice(1).includes(name)));
  return { candidates: [...free].sort().map((text) => ({ text })) };
}

/** Completes a list of TYPE/NAME of configs, with commas. */
export async function completeConfigs(typed: string, listObjects: ListObjects): Promise<CompletionAnswer> {
  const start = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, start);
  const word = typed.slice(start);
  const answer = word.includes('/')
    ? { candidates: await completePair(word, before.split(','), CONFIG_KINDS, listObjects) }
    : completePairType(word, CONFIG_KINDS);
  return {
    ...answer,
    candidates: answer.candidates.map((candidate) => ({ ...candidate, text: before + candidate.text })),
  };
}

async function completePair(
  typed: string,
  before: readonly string[],
  kinds: readonly ResourceKind[],
  listObjects: ListObjects,
): Promise<Candidate[]> {
  const type = typed.slice(0, typed.indexOf('/'));
  const kind = findTargetKind(type);
  if (kind === undefined || !kinds.includes(kind)) return [];
  const pairs = (await listObjects(kind)).map((name) => `${type}/${name}`);
  return pairs.filter((text) => text.startsWith(typed) && !before.includes(text)).map((text) => ({ text }));
}

function completePairType(typed: string, kinds: readonly ResourceKind[]): CompletionAnswer {
  const candidates = listTypes(kinds, typed).map(({ text, ...rest }) => ({ ...rest, text: `${text}/` }));
  return { candidates, noSpace: true };
}

/** The last of some types with commas between them. */
function completeTypes(typed: string): Candidate[] {
  const start = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, start);
  const taken = before.split(',').slice(0, -1).map(findTargetKind);
  if (taken.includes(undefined)) return [];
  const free = TARGET_KINDS.filter((kind) => !taken.includes(kind));
  return listTypes(free, typed.slice(start)).map(({ text, ...rest }) => ({ ...rest, text: before + text }));
}

/**
 * The plurals that fit, or where none does the short names. A kind that few clusters have stands in nobody's way: it is offered where
 * nothing else fits.
 */
function listTypes(kinds: readonly ResourceKind[], typed: string): Candidate[] {
  const isOptional = ({ apiVersion }: ResourceKind): boolean => OPTIONAL_GROUPS.has(groupOf(apiVersion));
  const usual = kinds.filter((kind) => !isOptional(kind));
  for (const offered of [usual, kinds.filter(isOptional)]) {
    for (const wordsOf of [({ plural }: ResourceKind) => [plural], ({ shortNames }: ResourceKind) => shortNames]) {
      const fitting = offered.flatMap((kind) =>
        wordsOf(kind)
          .filter((word) => word.startsWith(typed))
          .map((text) => ({ text, description: kind.kind })),
      );
      if (fitting.length > 0) return fitting;
    }
  }
  return [];
}

function findTargetKind(type: string): ResourceKind | undefined {
  const kind = findKind(type);
  return kind !== undefined && TARGET_KINDS.includes(kind) ? kind : undefined;
}
