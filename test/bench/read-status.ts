import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import type { Environment } from './measure.ts';

/** What `status -A -o json` tells: all uses with `--all`, else those that are not current. */
export async function readStatus(program: string, env: Environment, ...flags: string[]): Promise<StatusItem[]> {
  const command = [program, 'status', '-A', '-o', 'json', ...flags];
  const child = Bun.spawn(command, { env, stdin: 'ignore', stderr: 'pipe' });
  const complaint = new Response(child.stderr).text();
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(' ')}: ${await complaint}`);
  return JSON.parse(text).items;
}

/**
 * Sees to it that commands do the same work on the cluster as on its stored pages, which have no past.
 * @throws when something is not current, or is known to be only from the past
 */
export async function checkAllCurrent(cluster: TestCluster, program: string, env: Environment): Promise<void> {
  await using forgetful = await startForgetfulProxy(cluster);
  const [first, ...others] = await readStatus(program, env, '-s', forgetful.url);
  if (first === undefined) return;
  throw new Error(`${others.length + 1} uses are not current after the start: ${JSON.stringify(first)}`);
}
