import { makeLineBudget } from '../src/diff/diff-lines.ts';
import type { ExitCode } from '../src/error.ts';
import { ReloadError } from '../src/error.ts';
import type { DiffItem } from '../src/types.ts';
import { isDifferent } from '../src/view/diff-summary.ts';
import { renderDiff } from '../src/view/diff-text.ts';
import { formatResourceName } from '../src/view/object-name.ts';
import { renderReport } from '../src/view/report.ts';
import { makeStyles } from '../src/view/style.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import type { LookFlags } from './look-beside.ts';
import type { ManifestFlags } from './read-manifests.ts';
import { namesManifests } from './read-manifests.ts';
import type { Streams } from './streams.ts';

/** Flags of `diff`. */
export interface DiffFlags extends ManifestFlags, LookFlags {
  showSecrets?: boolean;
  /** Unchanged lines around a change. */
  unified: number;
  headers: boolean;
  output: 'diff' | 'json' | 'yaml' | 'name';
}

/** Milliseconds that all comparisons of long texts of one run may take together. */
const LONGEST = 10_000;

/**
 * Shows what running containers hold against what the cluster holds now, or with `-f` and `-k` what the cluster holds against what it
 * would hold. Exit code 0 for the same, 1 for a difference, 2 when it cannot be told.
 */
export async function runDiff(words: string[], flags: DiffFlags & GlobalFlags, streams: Streams): Promise<ExitCode> {
  const options = {
    context: flags.unified,
    showSecrets: flags.showSecrets === true,
    budget: makeLineBudget(() => streams.now().getTime(), LONGEST),
  };
  if (!namesManifests(flags)) {
    const { diffRunningScope } = await import('./diff-running.ts');
    return diffRunningScope(words, flags, options, streams);
  }
  if (flags.ephemeral !== undefined || flags.allPods === true) {
    throw new ReloadError(`${flags.allPods === true ? '--all-pods' : '--ephemeral'} cannot be used with -f or -k`, {
      hint: 'Without manifests, containers are looked into.',
    });
  }
  if (words.length > 0 || flags.allNamespaces === true) {
    throw new ReloadError(`${words.length > 0 ? 'targets' : '-A'} cannot be used with -f or -k`, {
      hint: 'The manifests say what is compared; -l selects among them by label.',
    });
  }
  const { diffManifests } = await import('./diff-manifests.ts');
  return diffManifests(flags, options, streams);
}

/** Prints what differs on stdout, in the format of `-o`. */
export async function printItems(
  items: readonly DiffItem[],
  flags: DiffFlags & GlobalFlags,
  showNamespace: boolean,
  streams: Streams,
): Promise<void> {
  switch (flags.output) {
    case 'diff': {
      const styles = makeStyles(wantsColor(flags.color, streams.stdout, streams.env));
      streams.stdout.write(renderDiff(items, { showNamespace, now: streams.now().getTime(), styles }));
      break;
    }
    case 'json':
    case 'yaml':
      streams.stdout.write(await renderReport('DiffReport', items, flags.output));
      break;
    case 'name': {
      const names = new Set(items.filter(isDifferent).map(({ config }) => formatResourceName(config)));
      streams.stdout.write([...names].map((name) => `${name}\n`).join(''));
      break;
    }
    default:
      flags.output satisfies never;
  }
}
