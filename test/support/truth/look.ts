import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../src/cluster/cluster.ts';

/** What a container holds, as it sees it itself. */
export interface Held {
  /** The environment of its first process. */
  environment: ReadonlyMap<string, string>;
  /** Every file below `/use`, by its path there. */
  files: ReadonlyMap<string, string>;
}

/** Names a pod. */
export interface PodName {
  namespace: string;
  pod: string;
}

/**
 * The command of a container that can be looked into, and that ends when it is told to. Its pod shares the process namespace, so that one
 * command sees all its containers: each says its name in the variable CONTAINER.
 */
export const LOOK_COMMAND = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done'];

/** Values in these tests have no blanks and no line ends, so that a line can hold one. */
const SCRIPT = `seen=
for process in /proc/[0-9]*; do
  name=$(tr '\\0' '\\n' < $process/environ 2>/dev/null | sed -n 's/^CONTAINER=//p')
  case "$name" in ''|look) continue ;; esac
  case " $seen " in *" $name "*) continue ;; esac
  seen="$seen $name"
  echo "container $name"
  tr '\\0' '\\n' < $process/environ | sed 's/^/env /'
  cd $process/root/use 2>/dev/null && for file in */* */*/*; do [ -f "$file" ] && echo "file $file=$(cat "$file")"; done
done
echo end`;

/** Looks into the containers of a pod, by their names; `null` when that cannot be done, for instance because it has ended. */
export async function look(cluster: Cluster, { namespace, pod }: PodName): Promise<Map<string, Held> | null> {
  const command = ['env', 'CONTAINER=look', 'sh', '-c', SCRIPT];
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const { stdout } = await cluster.exec({ namespace, pod, container: 'app', command, timeout: 20_000 });
      const [, ...containers] = `\n${Buffer.from(stdout).toString()}`.split('\ncontainer ');
      if (containers.at(-1)?.endsWith('\nend\n')) return new Map(containers.map(readContainer));
    } catch {
      // A busy node; or it is gone for good, which the last attempt tells.
    }
    await sleep(300);
  }
  return null;
}

/** Ends the processes of a container, so that the kubelet starts it again in its place. */
export async function restartInPlace(cluster: Cluster, { namespace, pod }: PodName, container: string): Promise<void> {
  const script = `for process in /proc/[0-9]*; do
  tr '\\0' '\\n' < $process/environ 2>/dev/null | grep -qx 'CONTAINER=${container}' && kill -TERM "\${process#/proc/}"
done; :`;
  const command = ['env', 'CONTAINER=look', 'sh', '-c', script];
  await cluster.exec({ namespace, pod, container: 'app', command, timeout: 20_000 });
}

function readContainer(text: string): [string, Held] {
  const [name = '', ...lines] = text.split('\n');
  return [name, { environment: readPairs(lines, 'env '), files: readPairs(lines, 'file ') }];
}

function readPairs(lines: readonly string[], prefix: string): Map<string, string> {
  const pairs = lines.filter((line) => line.startsWith(prefix) && line.includes('='));
  return new Map(
    pairs.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(prefix.length, at), line.slice(at + 1)];
    }),
  );
}
