import type { State, StatusItem } from '../types.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls, joinWords, makeSentence } from './text.ts';

/** True for the states that a restart mends. */
export function isMendedByRestart(state: State): boolean {
  return state === 'stale' || state === 'refreshed' || state === 'unknown';
}

/** What `status` was asked, and the commands that it may advise. */
export interface StatusContext {
  /** All workloads of the scope. */
  workloads: number;
  /** '' for all. */
  namespace: string;
  /** Why nothing is meant, as a clause; '' where something is. */
  unmatched: string;
  restart: string;
  diff: string;
  /** '' when the containers have been looked into already. */
  deep: string;
  /** The verdicts that may ask for a restart; all by default. */
  decisive?: readonly StatusItem[];
}

/** The last lines of `status`: how many workloads are not current, and the commands that tell more and mend it. */
export function summarizeStatus(items: readonly StatusItem[], context: StatusContext): string {
  const where = context.namespace === '' ? 'in any namespace' : `in namespace ${context.namespace}`;
  if (context.workloads === 0) return `No workloads found ${where}.\n`;
  if (context.unmatched !== '') return `${makeSentence(context.unmatched)}\n`;
  if (items.length === 0) return `No container uses a ConfigMap or Secret here.\n`;
  const named = (states: readonly State[]) => namesOf(items.filter(({ state }) => states.includes(state)));
  const stale = named(['stale', 'refreshed']);
  const unsure = [...new Set(named(['unknown'])).difference(new Set(stale))];
  const broken = items.filter(({ state }) => state === 'missing').length;
  const waiting = named(['pending']);

  const clauses = [
    ...(stale.length > 0
      ? [`${stale.length} of ${countOf(context.workloads, 'workload')} ${runs(stale.length)} old configuration`]
      : []),
    ...(unsure.length > 0 ? [`of ${countOf(unsure.length, 'workload')} it cannot be told`] : []),
    ...(waiting.length > 0 ? [`${countOf(waiting.length, 'workload')} will see the change within 90 s`] : []),
    ...(broken > 0 ? [`${countOf(broken, 'reference')} ${broken === 1 ? 'is' : 'are'} broken`] : []),
  ];
  if (clauses.length === 0) return 'Every container runs the configuration that the cluster holds now.\n';
  const restartable = namesOf((context.decisive ?? items).filter(({ state }) => isMendedByRestart(state)));
  const advice: [string, string][] = [];
  if (stale.length > 0) advice.push([context.diff, 'what changed']);
  if (unsure.length > 0 && context.deep !== '') advice.push([context.deep, 'look into the containers']);
  if (restartable.length > 0) advice.push([context.restart, `restart ${joinWords(restartable, 3)}`]);
  const width = Math.max(...advice.map(([command]) => command.length));
  const lines = advice.map(([command, why]) => `  ${command.padEnd(width)}    ${why}\n`);
  return `${makeSentence(clauses.join(', '))}\n${lines.join('')}`;
}

function runs(count: number): string {
  return count === 1 ? 'runs' : 'run';
}

function namesOf(items: readonly StatusItem[]): string[] {
  return [...new Set(items.map(({ workload }) => escapeControls(formatObject(workload))))];
}
