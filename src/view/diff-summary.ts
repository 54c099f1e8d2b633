import type { DiffItem, ObjectReference, State } from '../types.ts';
import { describeHolders, nameConfig } from './diff-text.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls, joinWords } from './text.ts';

/** So many lines of doubts, and of keys in one, are shown. */
const MOST = 20;

/** What cannot be told, a line for each reason; '' when all can. */
export function renderDoubts(items: readonly DiffItem[], showNamespace: boolean): string {
  const lines = items.flatMap((item) => {
    const byReason = new Map<string, string[]>();
    for (const { key, change, note } of item.keys) {
      if (change === 'unknown') byReason.set(note, [...(byReason.get(note) ?? []), key]);
    }
    return [...byReason].map(([reason, keys]) => {
      const named = keys.includes('*') ? '' : ` ${joinWords(keys, MOST)}`;
      const name = nameConfig(item, item.from, { showNamespace });
      return `cannot tell: ${name}${named} in ${describeHolders(item.workloads, showNamespace)}: ${reason}`;
    });
  });
  const shown = lines.length > MOST ? [...lines.slice(0, MOST), `and ${lines.length - MOST} more: see -o json`] : lines;
  return shown.map((line) => `${escapeControls(line)}\n`).join('');
}

/**
 * The last lines of a diff of running containers: how much differs, and the command that mends it.
 * @param context.restart the command to print
 */
export function summarizeRunning(
  items: readonly DiffItem[],
  context: { workloads: number; where: string; restart: string },
): string {
  if (context.workloads === 0) return `No workloads found ${context.where}.\n`;
  if (items.length === 0) return 'Every container runs the configuration that the cluster holds now.\n';
  const different = items.filter(isDifferent);
  if (different.length === 0) return '';
  const holders = different.flatMap(({ workloads }) => workloads);
  const [configs, workloads] = [namesOf(different.map(({ config }) => config)).length, namesOf(holders).length];
  const differ = configs === 1 ? 'differs' : 'differ';
  const mended = namesOf(holders.filter(({ state }) => MENDED_BY_RESTART.has(state)));
  const advice = mended.length === 0 ? '' : `  ${context.restart}    restart ${joinWords(mended, 3)}\n`;
  return `${countOf(configs, 'config')} ${differ} from what ${countOf(workloads, 'workload')} ${workloads === 1 ? 'runs' : 'run'}.\n${advice}`;
}

const MENDED_BY_RESTART: ReadonlySet<State> = new Set(['stale', 'refreshed', 'unknown']);

/** True when something is known to differ. */
export function isDifferent({ keys, fields, from, to }: DiffItem): boolean {
  const isNew = from.source === 'cluster' && (from.exists === false || from.name !== to.name);
  return isNew || fields.length > 0 || keys.some(({ change }) => change !== 'unknown');
}

function namesOf(refs: readonly ObjectReference[]): string[] {
  const names = new Map(
    refs.map((ref) => [`${ref.namespace} ${formatObject(ref)}`, escapeControls(formatObject(ref))]),
  );
  return [...names.values()];
}
