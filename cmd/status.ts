import { ExitCode, ReloadError } from '../src/error.ts';
import { PROGRAM } from '../src/name.ts';
import { findDecisive } from '../src/restart/judge-inferred.ts';
import type { StatusItem } from '../src/types.ts';
import { formatObject, formatResourceName } from '../src/view/object-name.ts';
import { renderReport } from '../src/view/report.ts';
import { renderProbeRestarts } from '../src/view/status-restarts.ts';
import type { StatusContext } from '../src/view/status-summary.ts';
import { isMendedByRestart, summarizeStatus } from '../src/view/status-summary.ts';
import { renderStatusTable } from '../src/view/status-table.ts';
import { makeStyles } from '../src/view/style.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import type { JudgeOptions } from './judge-scope.ts';
import { judgeScope } from './judge-scope.ts';
import type { EphemeralChoice, LookFlags } from './look-beside.ts';
import type { Scope } from './read-cluster.ts';
import { describePlace, explainUnmatched, readScope, scopeFlags } from './read-cluster.ts';
import { onServerClock } from './server-clock.ts';
import type { Streams } from './streams.ts';

/** Flags of `status`. */
export interface StatusFlags extends LookFlags {
  all?: boolean;
  watch?: boolean;
  exitCode?: boolean;
  deep?: boolean;
  headers: boolean;
  output: 'table' | 'wide' | 'json' | 'yaml' | 'name';
}

/** Shows which containers run stale configuration. */
export async function runStatus(
  words: string[],
  flags: StatusFlags & GlobalFlags,
  surroundings: Streams,
): Promise<ExitCode> {
  if (flags.watch === true) {
    const { watchStatus } = await import('./watch-status.ts');
    return watchStatus(words, flags, surroundings);
  }
  const ephemeral = await readEphemeral(flags, surroundings);
  const scope = await readScope(words, flags, surroundings);
  const streams = onServerClock(surroundings, scope.cluster);
  const items = await readItems(scope, flags, ephemeral, streams);
  const shown = flags.all === true ? items : items.filter(({ state }) => state !== 'current');

  switch (flags.output) {
    case 'table':
    case 'wide': {
      const now = streams.now().getTime();
      const styles = makeStyles(wantsColor(flags.color, streams.stdout, streams.env));
      const layout = {
        wide: flags.output === 'wide',
        showNamespace: scope.namespace === '',
        headers: flags.headers,
        now,
        styles,
      };
      streams.stdout.write(renderStatusTable(shown, layout));
      const advice = summarizeStatus(items, adviseOn(words, flags, scope, items));
      const summary = advice + renderProbeRestarts(items, { showNamespace: layout.showNamespace, now });
      streams.stderr.write(shown.length > 0 ? `\n${summary}` : summary);
      break;
    }
    case 'json':
    case 'yaml':
      streams.stdout.write(await renderReport('StatusReport', shown, flags.output));
      break;
    case 'name':
      streams.stdout.write(renderNames(shown));
      break;
    default:
      flags.output satisfies never;
  }
  if (flags.exitCode !== true) return ExitCode.ok;
  if (items.some(isStale)) return ExitCode.no;
  // Without the pods nothing was judged, and that is no "no".
  return scope.graph.unseen.some(({ kind }) => kind === 'Pod') ? ExitCode.refused : ExitCode.ok;
}

/** What to type next, for the same targets. */
export function adviseOn(
  words: readonly string[],
  flags: StatusFlags & GlobalFlags,
  scope: Pick<Scope, 'graph' | 'selection' | 'namespace'>,
  items: readonly StatusItem[],
): StatusContext {
  const place = scopeFlags(flags);
  const targets = words.map((word) => ` ${word}`).join('');
  const decisive = findDecisive(scope.graph.dependencies, items);
  return {
    decisive,
    workloads: scope.graph.workloads.length,
    namespace: scope.namespace,
    unmatched: explainUnmatched(words, flags, scope.selection, describePlace(scope.namespace)),
    diff: `${PROGRAM} diff${place}${targets}`,
    deep: flags.deep === true ? '' : `${PROGRAM} status --deep${place}${targets}`,
    restart: `${PROGRAM} restart${place}${restartTargets(scope, decisive) ?? targets}`,
  };
}

/** Of named workloads only those that need a restart, for a name is always restarted; `null` where nothing was named. */
function restartTargets({ selection }: Pick<Scope, 'selection'>, items: readonly StatusItem[]): string | null {
  if (selection.named.length === 0) return null;
  const names = items.filter(({ state }) => isMendedByRestart(state)).map(({ workload }) => formatObject(workload));
  return [...new Set(names)].map((name) => ` ${name}`).join('');
}

async function readEphemeral(flags: StatusFlags, streams: Streams): Promise<EphemeralChoice | null> {
  if (flags.ephemeral === undefined) return null;
  if (flags.deep !== true)
    throw new ReloadError('--ephemeral says how to look into containers', { hint: 'Say --deep too.' });
  const { readEphemeralChoice } = await import('./look-beside.ts');
  return readEphemeralChoice(flags, streams);
}

async function readItems(
  scope: Scope,
  { deep, allPods = false }: StatusFlags,
  ephemeral: EphemeralChoice | null,
  streams: Streams,
): Promise<StatusItem[]> {
  try {
    // The values of Secrets never leave the server for a status, but to be compared with what containers hold.
    const options: JudgeOptions = deep
      ? { kinds: ['ConfigMap', 'Secret'], deep: 'all', allPods, ephemeral }
      : { kinds: ['ConfigMap'] };
    const items = await judgeScope(scope, options, streams);
    return items.filter((item) => scope.selection.includes(item));
  } finally {
    scope.cluster.close();
  }
}

/** What `--exit-code` counts: old content, in the environment or in a process that may not have read the new files. */
function isStale({ state }: StatusItem): boolean {
  return state === 'stale' || state === 'refreshed';
}

function renderNames(items: readonly StatusItem[]): string {
  const names = new Set(items.map(({ workload }) => formatResourceName(workload)));
  return [...names].map((name) => `${name}\n`).join('');
}
