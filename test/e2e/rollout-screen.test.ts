/** The live view on a terminal of the operating system: of real rollouts, wide and narrow, resized, interrupted, with its output sent elsewhere. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, kubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { startOnTerminal } from '../support/start-on-terminal.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** More than a busy machine takes to start pods and the program. */
const PATIENCE = 60_000;

const gated = { readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 } };
const crashing = { command: ['sh', '-c', 'echo "FATAL: no such level"; exit 3'] };

/** Deployments that come up at once, that wait for `open`, and whose new pods crash. */
async function deploy(namespace: string, ...names: ('good' | 'gated' | 'crash')[]): Promise<void> {
  const containers = { good: {}, gated, crash: crashing };
  await apply(
    cluster,
    namespace,
    names.map((name) => makeWorkloadManifest('Deployment', name, makePodSpec(containers[name]))),
  );
}

async function open(namespace: string): Promise<void> {
  const { code, stderr } = await kubectl(cluster, `exec -n ${namespace} deploy/gated -- touch /tmp/ready`.split(' '));
  if (code !== 0) throw new Error(stderr);
}

describe('the live view', () => {
  test('shows rollouts row by row, becomes narrower with its terminal, and leaves the results on the screen', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name, 'gated', 'crash');
    await using program = startOnTerminal(`rollout-status -n ${name} --soak 10s`, {
      ...cluster,
      columns: 100,
      rows: 20,
    });
    const seen = (pattern: RegExp) => waitFor(() => pattern.test(program.screen()), PATIENCE, String(pattern));

    await seen(/^WORKLOAD {10,}UPDATED {2}READY {2}OLD {2}AGE {2}STATE/m);
    await seen(/^deployment\/gated {2}█+░+ {2}1\/1 {6}0\/1 {4}0 {4}\d+s {3}(progressing|failing)/m);
    await seen(/^deployment\.apps\/crash failed: .*exited 3/m);
    await seen(/^ {4}FATAL: no such level$/m);
    await seen(/^0 of 2 complete, 1 failed, 1 (progressing|failing), \d+/m);
    expect(program.screen()).not.toContain('deployment/crash');

    program.resize(24, 20);
    await seen(/^deployment\/gated\n (progressing|failing) 0\/1 \d+/m);
    program.resize(100, 20);
    await seen(/^deployment\/gated {2}█+░+ {2}1\/1/m);
    await open(name);
    expect(await program.ended).toBe(1);
    await seen(/^error: 1 complete, 1 failed\n/m);
    const screen = program.screen();
    expect(screen).not.toContain('WORKLOAD');
    expect(screen.match(/^deployment\.apps\/gated: deployment "gated" successfully rolled out$/gm)).toHaveLength(1);
    expect(screen.match(/FATAL: no such level/g)).toHaveLength(1);
    expect(program.terminal.scrolledOut()).toEqual([]);
    // The cursor is never hidden, so that nothing can leave it so.
    expect(program.written()).not.toContain('\x1b[?25l');
  }, 180_000);

  test('ends at once at Ctrl-C, with the last state on the screen and all below it in order', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name, 'gated');
    await using program = startOnTerminal(`rollout-status -n ${name}`, { ...cluster, columns: 80, rows: 20 });
    await waitFor(() => program.screen().includes('deployment/gated'), PATIENCE, 'the row');
    program.type('\x03');
    expect(await program.ended).toBe(130);
    await waitFor(() => program.screen().includes('interrupted: '), PATIENCE, 'the last line');
    expect(program.screen()).toMatch(
      /^WORKLOAD .*\ndeployment\/gated [\s\S]*\n\n0 of 1 complete, 1 (progressing|failing), \d+s\ninterrupted: 1 not complete; .*$/,
    );
  }, 180_000);

  test('stays on the terminal when the results are sent into a file', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const folder = await mkdtemp(join(tmpdir(), 'rollout-screen-'));
    const file = join(folder, 'results');
    try {
      await deploy(name, 'gated', 'good');
      await using program = startOnTerminal(`rollout-status -n ${name} --soak 10s > ${file}`, {
        ...cluster,
        columns: 80,
        rows: 20,
      });
      await waitFor(() => /deployment\/good .* complete$/m.test(program.screen()), PATIENCE, 'the good one');
      await open(name);
      expect(await program.ended).toBe(0);
      await waitFor(() => program.screen().endsWith('2 rollouts complete'), PATIENCE, 'the last line');
      expect(program.screen()).toMatch(
        /^WORKLOAD .*\ndeployment\/gated .* complete\ndeployment\/good .* complete\n\n2 of 2 complete, \d+s\n/,
      );
      expect((await readFile(file, 'utf8')).trimEnd().split('\n').sort()).toEqual([
        'deployment.apps/gated: deployment "gated" successfully rolled out',
        'deployment.apps/good: deployment "good" successfully rolled out',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 180_000);

  test('gives way to lines on a terminal that can do nothing', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name, 'good');
    await using program = startOnTerminal(`rollout-status -n ${name} --soak 10s`, {
      ...cluster,
      columns: 80,
      rows: 20,
      env: { TERM: 'dumb' },
    });
    expect(await program.ended).toBe(0);
    await waitFor(() => program.screen().includes('successfully rolled out'), PATIENCE, 'the result');
    expect(program.written()).not.toContain('\x1b');
  }, 180_000);
});
