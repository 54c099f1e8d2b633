import { formatAge } from '../age.ts';
import type { PodVerdict, StatusItem } from '../types.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls, joinWords } from './text.ts';

/** Older restarts are no news; `-o wide` has them. */
const NEWS = 24 * 3_600_000;
const MOST_LINES = 5;

/** The restarts of the last day that the probe caused, a line a container: `deployment/web app restarted 3m ago because app.conf changed`. */
export function renderProbeRestarts(
  items: readonly StatusItem[],
  { showNamespace, now }: { showNamespace: boolean; now: number },
): string {
  const lines = new Map<string, { text: string; at: number }>();
  for (const item of items) {
    const last = findLastRestart(item.pods);
    const at = Date.parse(last?.at ?? '');
    if (last === undefined || Number.isNaN(at) || now - at > NEWS) continue;
    const name = `${showNamespace ? `${item.workload.namespace}/` : ''}${formatObject(item.workload)} ${item.container}`;
    const restarted = item.pods.filter(({ probeRestart }) => probeRestart !== undefined).length;
    const of = item.pods.length > 1 ? ` (${restarted} of ${item.pods.length} pods)` : '';
    lines.set(name, { text: `${name}${of} ${describeRestart(last, now)}`, at });
  }
  const sorted = [...lines.values()].sort((a, b) => b.at - a.at).map(({ text }) => `${escapeControls(text)}\n`);
  const rest = sorted.length - MOST_LINES;
  return [
    ...sorted.slice(0, MOST_LINES),
    ...(rest > 0 ? [`and ${countOf(rest, 'more restart')} by the probe\n`] : []),
  ].join('');
}

/** Of the pods of a row the last restart that the probe caused; nothing where there was none. */
export function describeRestartOf({ pods }: Pick<StatusItem, 'pods'>, now: number): string[] {
  const last = findLastRestart(pods);
  return last === undefined ? [] : [describeRestart(last, now)];
}

type ProbeRestart = NonNullable<PodVerdict['probeRestart']>;

function findLastRestart(pods: readonly PodVerdict[]): ProbeRestart | undefined {
  return pods
    .flatMap(({ probeRestart }) => probeRestart ?? [])
    .reduce<ProbeRestart | undefined>((last, one) => ((one.at ?? '') >= (last?.at ?? '') ? one : last), undefined);
}

function describeRestart({ at, reason }: ProbeRestart, now: number): string {
  const age = at === null ? '' : ` ${formatAge(now - Date.parse(at))} ago`;
  return `restarted${age} because ${describeReason(reason)}`;
}

/** What the probe said, in the words of somebody who asks why; a form that is not known stays as it is. */
function describeReason(reason: string): string {
  const parts = reason.split('; ').map((part) => {
    const volume = /^(.+) was updated(?: \((.+)\))?$/.exec(part);
    const subject =
      volume?.[2] ??
      volume?.[1] ??
      /^(.+) is an old subPath copy$/.exec(part)?.[1] ??
      /^(.+) in the environment (?:is|are) old$/.exec(part)?.[1];
    return subject === undefined ? { text: part } : { subject };
  });
  const subjects = [...new Set(parts.flatMap(({ subject }) => subject ?? []))];
  const texts = parts.flatMap(({ text }) => text ?? []);
  return joinWords([...(subjects.length > 0 ? [`${subjects.join(', ')} changed`] : []), ...texts]);
}
