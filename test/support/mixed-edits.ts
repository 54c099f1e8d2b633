/** Edits of ConfigMaps of which a comparison of times makes too much, with the truth about each: the test made them, so it knows. */
import type { StatusItem } from '../../src/types.ts';
import { callAdmin } from '../cluster/shared.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { Random } from './random.ts';

/** A ConfigMap that edits may be made to, as it is when all containers start. */
export interface EditedConfig {
  namespace: string;
  name: string;
  data: Record<string, string>;
}

/** A new value for one key; a label alone; a new value that is taken back. */
const EDITS = ['key', 'label', 'back'] as const;

/** What all containers started with, and what is there after the edits. */
export interface MixedEdits {
  counts: Record<(typeof EDITS)[number], number>;
  /** Whether a use of a config is of content that is not there any more. */
  isOld(item: Pick<StatusItem, 'config' | 'keys'>): boolean;
}

/** Makes so many edits, of kinds, configs and keys by chance. */
export async function makeMixedEdits(
  cluster: ClusterDescription,
  configs: readonly [EditedConfig, ...EditedConfig[]],
  { count, random }: { count: number; random: Random },
): Promise<MixedEdits> {
  const started = new Map(configs.map(({ namespace, name, data }) => [`${namespace}/${name}`, data]));
  const now = new Map(started);
  const labels = new Map<string, Record<string, string>>();
  const counts = { key: 0, label: 0, back: 0 };
  for (let edit = 0; edit < count; edit++) {
    const kind = random.pick(EDITS);
    const { namespace, name } = random.pick(configs);
    const id = `${namespace}/${name}`;
    const data = now.get(id) ?? {};
    const keys = Object.keys(data);
    const edited = { ...data, [keys[random.below(keys.length)] ?? '']: `edit ${edit}` };
    if (kind === 'label') labels.set(id, { edit: String(edit) });
    const write = async (content: Record<string, string>): Promise<void> => {
      const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
      const metadata = { name, labels: labels.get(id) ?? {} };
      const { status, text } = await callAdmin(cluster, 'PUT', path, { metadata, data: content });
      if (status !== 200) throw new Error(text);
    };
    if (kind !== 'label') await write(edited);
    if (kind === 'key') now.set(id, edited);
    else await write(data);
    counts[kind]++;
  }
  return {
    counts,
    isOld({ config, keys }) {
      const id = `${config.namespace}/${config.name}`;
      const [then, content] = [started.get(id), now.get(id)];
      if (then === undefined || content === undefined) return false;
      return (keys ?? Object.keys(then)).some((key) => then[key] !== content[key]);
    },
  };
}

/** What somebody says of all uses, held against the truth. */
export interface Score {
  /** Uses of old content. */
  old: number;
  /** Of these, those that were found. */
  found: number;
  /** Uses that are said to be old, and are not. */
  wrong: number;
}

/** Counts how often what somebody says is right. */
export function score(
  items: readonly StatusItem[],
  { isOld }: MixedEdits,
  isSaidOld: (item: StatusItem) => boolean,
): Score {
  const old = items.filter(isOld);
  return {
    old: old.length,
    found: old.filter(isSaidOld).length,
    wrong: items.filter((item) => isSaidOld(item) && !isOld(item)).length,
  };
}

/** True when it is not said to be current: a restart would take it, or wait for it. */
export function isNotCurrent({ state }: StatusItem): boolean {
  return state !== 'current';
}

/** True when it is said to be old for certain. */
export function isSaidStale({ state }: StatusItem): boolean {
  return state === 'stale' || state === 'refreshed';
}

/**
 * What a comparison of times alone says: the config was written, whatever of it, after a container started. It takes the newest time of
 * managed fields.
 */
export async function compareTimesAlone(cluster: ClusterDescription): Promise<(item: StatusItem) => boolean> {
  const { text } = await callAdmin(cluster, 'GET', '/api/v1/configmaps');
  const { items }: { items: { metadata: Metadata }[] } = JSON.parse(text);
  const written = new Map(
    items.map(({ metadata: { namespace, name, managedFields = [] } }) => [
      `${namespace}/${name}`,
      managedFields.reduce((newest, { time = '' }) => (time > newest ? time : newest), ''),
    ]),
  );
  return ({ config, pods }) =>
    pods.some(({ startedAt }) => (written.get(`${config.namespace}/${config.name}`) ?? '') > (startedAt ?? ''));
}

interface Metadata {
  namespace: string;
  name: string;
  managedFields?: { time?: string }[];
}

/** The scores as lines of a table. */
export function renderScores(title: string, { counts }: MixedEdits, scores: Record<string, Score>): string {
  const edits = `${counts.key} of one key, ${counts.label} of a label, ${counts.back} taken back`;
  const lines = Object.entries(scores).map(
    ([name, { old, found, wrong }]) =>
      `${name.padEnd(44)}${`${found} of ${old}`.padStart(12)}${String(wrong).padStart(14)}\n`,
  );
  return `\n${title} (${edits})\n${''.padEnd(44)}${'old, found'.padStart(12)}${'wrongly old'.padStart(14)}\n${lines.join('')}`;
}
