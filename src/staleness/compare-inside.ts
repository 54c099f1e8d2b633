import type { ConfigRef } from '../types.ts';
import type { ConfigContent, KnownContent } from './expected-content.ts';
import type { ExpectedEnvironment } from './expected-environment.ts';
import { isSourceOf } from './expected-environment.ts';
import type { ExpectedMount } from './expected-files.ts';
import type { Leftover, Seen } from './inside.ts';
import type { SeenEnvironment } from './observe-environment.ts';
import type { Finding } from './observe-script.ts';

const UNREADABLE = nothing('the user of the container may not read it');
const UNSEEN = nothing('what the config holds may not be read');

/** Nothing was seen, or it says nothing. */
export function nothing(why: string, isOfImage = false): Seen {
  return { seen: 'nothing', why, isOfImage };
}

/** Compares the variables of one use: those that another entry hides are not in the container, and prove nothing. */
export function compareVariables(
  use: ConfigRef,
  content: KnownContent,
  expected: ExpectedEnvironment,
  environment: SeenEnvironment | null,
): Seen {
  if (content === 'unseen') return UNSEEN;
  if (environment === null) return UNREADABLE;
  const different = new Set<string>();
  const unsure = new Set<string>();
  const compared = new Set<string>();
  for (const [name, { source, value, mayBeHidden }] of expected.variables) {
    if (source === null || !isSourceOf(source, use)) continue;
    compared.add(source.key);
    const found = environment.variables.get(name);
    if (found !== undefined && found.hash === value?.hash) continue;
    if (found === undefined ? isRefusedName(name) : mayBeHidden) unsure.add(name);
    else different.add(source.key);
  }
  for (const { madeOf } of expected.variables.values()) {
    // What was made of a variable is as old as that; where only the product is left, its value says nothing.
    for (const source of madeOf) if (isSourceOf(source, use) && !compared.has(source.key)) unsure.add(use.at);
  }
  const leftovers = findLeftovers(use, content, expected, environment);
  for (const { name, key, hash } of leftovers) {
    if (isOnlyOf(use, name, expected) || (content !== 'absent' && content.removed.get(key) === hash))
      different.add(key);
  }
  if (different.size > 0) return { seen: 'different', keys: [...different].sort() };
  if (unsure.size > 0) return nothing(`whether ${[...unsure].sort()[0]} is set by it cannot be told`);
  return leftovers.length > 0 ? { seen: 'leftover', leftovers } : { seen: 'same', isRewritten: null };
}

/**
 * Kubelets before 1.30 leave out what begins with a digit, and tell it in an event.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/ (RelaxedEnvironmentVariableValidation)
 */
function isRefusedName(name: string): boolean {
  return !/^(?!\.\.?$|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name);
}

/** True for a name with the use's prefix, where that is one that no other entry of the container has. */
function isOnlyOf(use: ConfigRef, name: string, { prefixes }: ExpectedEnvironment): boolean {
  if (use.via !== 'envFrom' || use.at === '*') return false;
  return prefixes.filter((prefix) => name.startsWith(prefix)).length === 1;
}

/** What a key of a config can be called. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Variables that a key which is gone may have left. */
function findLeftovers(
  use: ConfigRef,
  content: ConfigContent | 'absent',
  expected: ExpectedEnvironment,
  { variables, given }: SeenEnvironment,
): Leftover[] {
  if (use.via === 'envFrom') {
    const prefix = use.at.slice(0, -1);
    return [...variables]
      .filter(([name]) => name.startsWith(prefix) && !expected.variables.has(name) && !given.has(name))
      .filter(([name]) => KEY.test(name.slice(prefix.length)))
      .map(([name, { hash }]) => ({ name, key: name.slice(prefix.length), hash }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  const [key = ''] = use.keys ?? [];
  const found = variables.get(use.at);
  const isThere = content !== 'absent' && content.variables.has(key);
  return isThere || found === undefined || expected.variables.has(use.at)
    ? []
    : [{ name: use.at, key, hash: found.hash }];
}

/** What was found at a path: a file with the hash of its bytes, or none that can be read. */
export type SeenFile = { found: 'file'; hash: string } | Exclude<Finding, { found: 'bytes' }>;

/** What was found of a mount. */
export interface SeenMount {
  /** What was found at a path. */
  find: (path: string) => SeenFile | undefined;
  /** The names of the files in the mounted folder; `null` when they could not be listed. */
  names: readonly string[] | null;
  isRewritten: boolean | null;
}

/** Compares the files of one use. */
export function compareFiles(
  use: ConfigRef,
  content: KnownContent,
  mount: ExpectedMount | null,
  { find, names, isRewritten }: SeenMount,
): Seen {
  if (content === 'unseen') return UNSEEN;
  if (mount === null) return nothing('what it shows of its volume cannot be told');
  const different = new Set<string>();
  let isUnsure = false;
  for (const { path, key, value } of mount.files) {
    const finding = find(path);
    if (value === null || finding === undefined || finding.found === 'unreadable') isUnsure = true;
    else if (finding.found !== 'file' || finding.hash !== value.hash) different.add(key);
  }
  for (const { path, key } of mount.gone) {
    const finding = find(path);
    if (finding?.found === 'file') different.add(key);
    else if (finding?.found !== 'folder' && finding?.found !== 'nothing') isUnsure = true;
  }
  if (mount.names !== null) {
    for (const name of names ?? []) if (!mount.names.has(name) && !name.startsWith('..')) different.add(name);
    if (names === null) isUnsure = true;
  }
  if (different.size > 0) return { seen: 'different', keys: [...different].sort() };
  if (isUnsure) return names === null && mount.names !== null ? UNLISTED : UNREADABLE;
  return { seen: 'same', isRewritten: use.via === 'subPath' ? null : isRewritten };
}

const UNLISTED = nothing('without a shell in the image, a file of a key that is gone cannot be ruled out');
