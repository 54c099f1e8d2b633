import { formatAge } from '../age.ts';
import type { DiffHolder, DiffItem, DiffKey, DiffSide } from '../types.ts';
import { cutLines } from './diff-line.ts';
import { formatObject } from './object-name.ts';
import type { Styles } from './style.ts';
import { countOf, escapeControls, joinWords } from './text.ts';

/** How to print diffs. */
export interface DiffLayout {
  showNamespace: boolean;
  /** Epoch milliseconds, for the ages. */
  now: number;
  styles: Styles;
}

/**
 * The keys that differ as a unified diff, each with two lines above that say whose content it is and since when it is so. Keys of which
 * nothing is known but that they may differ are no part of it.
 */
export function renderDiff(items: readonly DiffItem[], layout: DiffLayout): string {
  return items.map((item) => renderItem(item, layout)).join('');
}

function renderItem(item: DiffItem, layout: DiffLayout): string {
  const keys = item.keys.filter(({ change }) => change !== 'unknown').flatMap((key) => renderKey(item, key, layout));
  const hasFields = item.fields.length > 0 || item.keys.length === 0;
  return [...(hasFields ? renderFields(item, layout) : []), ...keys].map((line) => `${line}\n`).join('');
}

/** What differs beside the keys, or a word on what differs though no key does. */
function renderFields(item: DiffItem, layout: DiffLayout): string[] {
  const { styles } = layout;
  const lines = item.fields.flatMap(({ field, from, to }) => [
    styles.bad(escapeControls(`-${field}: ${from}`)),
    styles.good(escapeControls(`+${field}: ${to}`)),
  ]);
  const word = item.from.exists === false ? 'it is new, and empty' : 'no key differs';
  return [...renderHead(item, null, layout), ...(lines.length > 0 ? lines : [word])];
}

function renderKey(item: DiffItem, key: DiffKey, layout: DiffLayout): string[] {
  const lines = key.diff === '' ? [] : cutLines(key.diff.split('\n'));
  const note = key.note === '' ? [] : [escapeControls(key.note)];
  return [...renderHead(item, key, layout), ...note, ...lines.map((line) => renderLine(line, layout.styles))];
}

/** Whose content the two sides are. */
function renderHead(item: DiffItem, key: DiffKey | null, layout: DiffLayout): string[] {
  const name = (side: DiffSide) => `${nameConfig(item, side, layout)}${key === null ? '' : ` ${key.key}`}`;
  return [
    `--- ${name(item.from)}  ${describeFrom(item, key, layout)}`,
    `+++ ${name(item.to)}  ${describeTo(item, key, layout)}`,
  ].map((line) => layout.styles.strong(escapeControls(line)));
}

/** Tabs indent many a file, and do no harm. */
function renderLine(line: string, styles: Styles): string {
  return colorLine(line.split('\t').map(escapeControls).join('\t'), styles);
}

function colorLine(line: string, styles: Styles): string {
  if (line.startsWith('-')) return styles.bad(line);
  if (line.startsWith('+')) return styles.good(line);
  return line.startsWith('@@') || line.startsWith('\\') ? styles.faint(line) : line;
}

/** `configmap/web`, with its namespace before it where several are shown. */
export function nameConfig(
  item: DiffItem,
  side: DiffSide,
  { showNamespace }: Pick<DiffLayout, 'showNamespace'>,
): string {
  const name = formatObject({ ...item.config, name: side.name });
  return showNamespace ? `${item.config.namespace}/${name}` : name;
}

function describeFrom(item: DiffItem, key: DiffKey | null, layout: DiffLayout): string {
  if (item.from.source === 'running') return describeRunning(item, key, layout);
  if (item.from.exists === false || key?.change === 'added') return 'not there now';
  return `now${describeWrite(key, layout)}`;
}

function describeTo(item: DiffItem, key: DiffKey | null, layout: DiffLayout): string {
  if (item.to.source === 'manifest')
    return key?.change === 'removed' ? `gone, once ${item.to.file} is applied` : `as ${item.to.file} has it`;
  if (item.to.exists === false) return 'now, deleted';
  return key?.change === 'removed' ? 'now, no longer there' : `now${describeWrite(key, layout)}`;
}

function describeWrite(key: DiffKey | null, { now }: DiffLayout): string {
  if (key === null || key.changedAt === null) return '';
  const by = key.changedBy === null ? '' : ` by ${key.changedBy}`;
  return `, written ${formatAge(now - Date.parse(key.changedAt))} ago${by}`;
}

function describeRunning({ workloads, from }: DiffItem, key: DiffKey | null, { showNamespace }: DiffLayout): string {
  const owners = describeHolders(workloads, showNamespace);
  const likely = from.evidence === 'lastApplied' ? ', most likely: it is what the last kubectl apply wrote' : '';
  const isAdded = key?.change === 'added';
  if (workloads.every(({ state }) => state === 'refreshed')) {
    return `as ${owners} ${isAdded ? 'did not find' : 'found'} it when starting${likely}`;
  }
  const [first, ...others] = workloads;
  const isOne = others.length === 0 && first !== undefined && countSubjects(first) === 1;
  return `as ${owners} ${isOne ? 'runs' : 'run'} ${isAdded ? 'without it' : 'it'}${likely}`;
}

/**
 * `3 pods of deployment/web and pod/probe`, a pod that nobody owns being named once; `container app of 3 pods of deployment/web` where
 * the others hold something else.
 */
export function describeHolders(workloads: readonly DiffHolder[], showNamespace: boolean): string {
  return joinWords(
    workloads.map((holder) => {
      const name = `${showNamespace ? `${holder.namespace}/` : ''}${formatObject(holder)}`;
      const pods = holder.kind === 'Pod' ? name : `${countOf(holder.pods.length, 'pod')} of ${name}`;
      const containers = namesOf(holder);
      if (!holder.partial) return pods;
      return `${containers.length === 1 ? 'container' : 'containers'} ${joinWords(containers)} of ${pods}`;
    }),
    5,
  );
}

/** The number of what a sentence on a holder is about: its containers where these are named, else its pods. */
function countSubjects(holder: DiffHolder): number {
  return holder.partial ? namesOf(holder).length : holder.pods.length;
}

function namesOf({ pods }: DiffHolder): string[] {
  return [...new Set(pods.flatMap(({ containers }) => containers))];
}
