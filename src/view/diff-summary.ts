import type { DiffItem, ObjectReference } from '../types.ts';
import { describeHolders, nameConfig } from './diff-text.ts';
import { formatObject } from './object-name.ts';
import { isMendedByRestart } from './status-summary.ts';
import { countOf, escapeControls, joinWords, makeSentence } from './text.ts';

/** So many lines of doubts, and of keys in one, are shown. */
const MOST = 20;

/** What cannot be told, a line for each reason; '' when all can. */
export function renderDoubts(items: readonly DiffItem[], showNamespace: boolean): string {
  const lines = items.flatMap((item) => {
    const doubtful = item.keys.filter(({ change }) => change === 'unknown');
    return [...Map.groupBy(doubtful, ({ note }) => note)].map(([reason, group]) => {
      const keys = group.map(({ key }) => key);
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
 * @param context.unmatched why nothing is meant, as a clause; '' where something is
 * @param context.restart the command to print
 */
export function summarizeRunning(
  items: readonly DiffItem[],
  context: { workloads: number; where: string; unmatched: string; restart: string },
): string {
  if (context.workloads === 0) return `No workloads found ${context.where}.\n`;
  if (context.unmatched !== '') return `${makeSentence(context.unmatched)}\n`;
  if (items.length === 0) return 'Every container runs the configuration that the cluster holds now.\n';
  const different = items.filter(isDifferent);
  if (different.length === 0) return '';
  const holders = different.flatMap(({ workloads }) => workloads);
  const [configs, workloads] = [namesOf(different.map(({ config }) => config)).length, namesOf(holders).length];
  const differ = configs === 1 ? 'differs' : 'differ';
  const mended = namesOf(holders.filter(({ state }) => isMendedByRestart(state)));
  const advice = mended.length === 0 ? '' : `  ${context.restart}    restart ${joinWords(mended, 3)}\n`;
  return `${countOf(configs, 'config')} ${differ} from what ${countOf(workloads, 'workload')} ${workloads === 1 ? 'runs' : 'run'}.\n${advice}`;
}

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
