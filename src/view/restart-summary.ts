import type { ObjectReference, RolloutEvent } from '../types.ts';
import { formatLookCommand, formatNamespaceFlag } from './look-command.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls, joinWords } from './text.ts';

/** What became of a restart, as far as its last lines need it. */
interface Outcome {
  complete: readonly ObjectReference[];
  failed: readonly (RolloutEvent & { configs: readonly ObjectReference[] })[];
  underWay: readonly ObjectReference[];
  halfEvicted: readonly RolloutEvent[];
  notStarted: readonly ObjectReference[];
}

/** How the last lines are put. */
export interface SummaryOptions {
  /** `interrupted` by a signal, `lost` when the server could no longer be asked. */
  end: 'reached' | 'interrupted' | 'lost';
  followed: boolean;
  program: string;
  /** Flags that lead back to the same targets, each with a blank before it. */
  scope: string;
  /** Of these flags those that lead to the same cluster as the same user. */
  connection: string;
}

/** Workloads and commands beyond so many are counted. */
const MOST = 5;

/** The last lines of a restart: the count, what still runs the old configuration, and the commands to go on with. */
export function describeSummary(outcome: Outcome, options: SummaryOptions): string {
  const { complete, failed, underWay, halfEvicted, notStarted } = outcome;
  const { end, followed, program, scope } = options;
  const counts = `${complete.length} restarted, ${failed.length} failed, ${notStarted.length} not started`;
  if (end === 'reached' && failed.length === 0 && notStarted.length === 0) {
    return followed || underWay.length === 0 ? '' : `${countOf(underWay.length, 'workload')} restarted, not followed\n`;
  }
  const going = underWay.length === 0 || end === 'reached' ? [] : [describeGoing(underWay.length)];
  const said = [counts, ...going, ...describeOld([...failed, ...halfEvicted])].join('; ');
  const again = notStarted.length > 0 || halfEvicted.length > 0;
  const commands = [
    ...(end === 'reached' ? [] : shorten(followCommands(underWay, options))),
    ...shorten(failed.flatMap((event) => lookCommands(event, options))),
    ...(again ? [`${program} restart${scope}    goes on where this stopped`] : []),
  ];
  const first = end === 'interrupted' ? 'interrupted' : 'error';
  return `${first}: ${said}\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

function describeGoing(count: number): string {
  return `${countOf(count, 'rollout')} under way ${count === 1 ? 'goes' : 'go'} on in the cluster`;
}

/** Which workloads have pods left that run what they ran before. */
function describeOld(events: readonly RolloutEvent[]): string[] {
  const left = events.filter(({ old }) => old > 0);
  const [first] = left;
  if (first === undefined) return [];
  const pods = left.map(({ old, workload }) => `${countOf(old, 'pod')} of ${nameOf(workload)}`);
  const verb = left.length === 1 && first.old === 1 ? 'runs' : 'run';
  return [`${joinWords(pods, MOST)} still ${verb} the old configuration`];
}

/** One command a namespace. */
function followCommands(refs: readonly ObjectReference[], { program, connection }: SummaryOptions): string[] {
  return [...Map.groupBy(refs, ({ namespace }) => namespace)].map(([namespace, group]) => {
    const names = group.map(nameOf).join(' ');
    return `${program} rollout-status ${names}${formatNamespaceFlag({ namespace })}${connection}`;
  });
}

/** Where to look for the cause of a failure. */
function lookCommands(event: Outcome['failed'][number], { program, connection }: SummaryOptions): string[] {
  const { workload, configs, old, reason } = event;
  const where = `${formatNamespaceFlag(workload)}${connection}`;
  // What nobody holds any more cannot be compared.
  const compared = old > 0 && configs.length > 0 && configs.length <= MOST;
  return [
    // Nothing was wrong with it when nobody waited any longer.
    ...(reason === 'TimedOut'
      ? [`${program} rollout-status ${nameOf(workload)}${where}    it goes on in the cluster`]
      : []),
    formatLookCommand(event, connection),
    ...(compared ? [`${program} diff ${configs.map(nameOf).join(' ')}${where}`] : []),
  ];
}

function shorten(commands: readonly string[]): string[] {
  const different = [...new Set(commands)];
  if (different.length <= MOST) return different;
  return [...different.slice(0, MOST), `and ${different.length - MOST} more like these`];
}

function nameOf(ref: ObjectReference): string {
  return escapeControls(formatObject(ref));
}
