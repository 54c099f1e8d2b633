import { formatAge } from '../age.ts';
import type { ObjectReference, ProbeVerdict } from '../types.ts';
import { formatObject } from './object-name.ts';
import { escapeControls, joinWords } from './text.ts';

/** What a probe sees in one container of a live pod. */
export interface ProbeSight {
  workload: ObjectReference;
  pod: string;
  container: string;
  verdict: ProbeVerdict;
  /** What the probe says, or why it did not answer; '' where all is well. */
  message: string;
  /** Epoch milliseconds; `null` when the probe does not know when the container started, or did not answer. */
  startedAt: number | null;
  /** By what it knows that. */
  clock: string;
  /** What was there at the start is recorded: not before its first run, nor where only subPaths are watched. */
  hasBaseline: boolean;
  /** The directory where it records that; `null` where it has nothing to record. */
  baseline: string | null;
  /** What it watches: directories, files and variables. */
  watches: string[];
}

const MOST_WATCHES = 6;

/** What a probe sees, in words. */
export function renderProbeSight(sight: ProbeSight, options: { showNamespace: boolean; now: number }): string {
  const { workload, pod, container, verdict, message, startedAt, clock, hasBaseline, baseline, watches } = sight;
  const name = `${options.showNamespace ? `${workload.namespace}/` : ''}${formatObject(workload)}`;
  const lines = [`${name}, pod ${pod}, container ${container}: ${describeVerdict(verdict)}`];
  if (message !== '') lines.push(`  it says: ${message}`);
  if (watches.length > 0) lines.push(`  it watches ${joinWords(watches, MOST_WATCHES)}`);
  if (startedAt !== null) {
    const age = formatAge(options.now - startedAt);
    const record = hasBaseline ? ', and what was there then is recorded' : '';
    lines.push(`  the container started ${age} ago (known by ${clock.replace('-', ' ')})${record}`);
    if (!hasBaseline && baseline !== null) {
      lines.push(`  what was there then is not recorded: the probe has not run yet, or cannot write to ${baseline}`);
    }
  }
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function describeVerdict(verdict: ProbeVerdict): string {
  switch (verdict) {
    case 'current':
      return 'runs the configuration that is mounted';
    case 'changed':
      return 'runs an old configuration, and will be restarted';
    case 'held':
      return 'runs an old configuration, and will be restarted when it is its turn';
    case 'kept':
      return 'runs an old configuration, and is not restarted because it could not start again';
    case 'unready':
      return 'does not have the expected content yet';
    case 'unknown':
      return 'the probe cannot tell';
    default:
      return verdict satisfies never;
  }
}
