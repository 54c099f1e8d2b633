import type { ProbeRefusal } from '../src/probe/inject.ts';
import type { ProbedContainer, Workload } from '../src/types.ts';
import type { Scope } from './read-cluster.ts';
import { runInContainer } from './run-in-container.ts';

/**
 * The script needs a shell in the image; whether there is one only a running container can tell.
 * @returns what could not be checked, in words, or why the script cannot be used
 */
export async function checkShell(
  { cluster }: Scope,
  { pods }: Workload,
  containers: readonly ProbedContainer[],
  signal: AbortSignal,
): Promise<string[] | ProbeRefusal> {
  const notes: string[] = [];
  for (const { name } of containers) {
    const pod = pods.find((one) => one.containers.some((instance) => instance.name === name && instance.running));
    const unchecked = (why: string): number =>
      notes.push(`whether the image of container ${name} has a shell was not checked: ${why}`);
    if (pod === undefined) {
      unchecked('no pod runs');
      continue;
    }
    const command = ['/bin/sh', '-c', ':'];
    const { namespace, name: podName } = pod.ref;
    const result = await runInContainer(cluster, { namespace, pod: podName, container: name, command, signal });
    if (result.result === 'no-command') {
      return {
        refused: `the image of container ${name} has no shell, so the script would never start`,
        hint: 'Leave --form=script away: the binary needs nothing of the image.',
      };
    }
    if (result.result !== 'ended') unchecked(result.message);
  }
  return notes;
}
