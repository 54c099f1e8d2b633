import type { ObjectReference, RolloutEvent } from '../types.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls } from './text.ts';

/** What became of a restart, as far as its last lines need it. */
interface Outcome {
  complete: readonly ObjectReference[];
  failed: readonly RolloutEvent[];
  underWay: readonly ObjectReference[];
  notStarted: readonly ObjectReference[];
}

/**
 * The last lines of a restart: the count, and the command to go on with.
 * @param options.scope flags that lead back to the same place, each with a blank before it
 */
export function describeSummary(
  { complete, failed, underWay, notStarted }: Outcome,
  options: { interrupted: boolean; followed: boolean; program: string; scope: string },
): string {
  const { interrupted, followed, program, scope } = options;
  const counts = `${complete.length} restarted, ${failed.length} failed, ${notStarted.length} not started`;
  const name = (ref: ObjectReference) => escapeControls(formatObject(ref));
  if (interrupted) {
    const going = underWay.map((ref) => `  kubectl rollout status ${name(ref)}${namespaceFlag(ref)}\n`).join('');
    const said =
      underWay.length === 0
        ? ''
        : `; ${countOf(underWay.length, 'rollout')} under way ${underWay.length === 1 ? 'goes' : 'go'} on in the cluster`;
    return `interrupted: ${counts}${said}\n${going}`;
  }
  if (failed.length === 0 && notStarted.length === 0) {
    return followed ? '' : `${countOf(underWay.length, 'workload')} restarted, not followed\n`;
  }
  const logs = failed
    .map(({ workload }) => `  kubectl describe ${name(workload)}${namespaceFlag(workload)}\n`)
    .join('');
  const again = notStarted.length === 0 ? '' : `  ${program} restart${scope}    goes on where this stopped\n`;
  return `error: ${counts}\n${logs}${again}`;
}

function namespaceFlag({ namespace }: ObjectReference): string {
  return namespace === '' ? '' : ` -n ${escapeControls(namespace)}`;
}
