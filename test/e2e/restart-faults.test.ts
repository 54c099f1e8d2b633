/** Restarts on a real cluster whose API server, or the way to it, fails in the middle: they are ridden out, and nothing is done twice. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import type { Interception } from '../support/cluster-proxy.ts';
import { startClusterProxy } from '../support/cluster-proxy.ts';
import { runCommand } from '../support/run-command.ts';
import { ask, CONFIG, makeEvictStep, makeStep, makeWorkload, runSteps, settled } from '../support/run-plan.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;
const PASS: Interception = { act: 'pass' };

const generationOf = async (namespace: string, target: string) =>
  Number(await ask(cluster, namespace, 'get', target, '-o', 'jsonpath={.metadata.generation}'));

/** One after the other, each time that a request is meant; then the request passes. */
function inTurn(isMeant: (method: string, url: string) => boolean, faults: Interception[]) {
  const left = [...faults];
  const intercept = ({ method, url }: { method: string; url: string }): Interception =>
    isMeant(method, url) ? (left.shift() ?? PASS) : PASS;
  return { intercept, left };
}

const isPatch = (method: string) => method === 'PATCH';

describe('a patch', () => {
  const trouble: [string, Interception[]][] = [
    ['that the server did and did not answer', [{ act: 'lose' }, { act: 'lose' }]],
    ['whose connection is cut', [{ act: 'cut' }, { act: 'cut' }]],
    [
      'that meets conflicts',
      [409, 409, 409].map((code): Interception => ({ act: 'answer', code, reason: 'Conflict' })),
    ],
    [
      'for which the server is too busy',
      [{ act: 'answer', code: 429, reason: 'TooManyRequests', headers: { 'retry-after': '1' } }],
    ],
    [
      'that meets a server in trouble',
      [500, 503, 504].map((code): Interception => ({ act: 'answer', code, reason: 'InternalError' })),
    ],
  ];
  test.each(trouble)(
    '%s is sent again, and restarts once',
    async (_, faults) => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 1)]);
      await settled(cluster, name, 'deployment/web');
      const { intercept, left } = inTurn(isPatch, faults);
      await using proxy = await startClusterProxy(cluster, { intercept });
      const step = await makeStep(cluster, name, 'deployment/web');
      const { complete, failed } = await runSteps(cluster, name, [step], { server: proxy.url });
      expect({ complete, failed, left }).toEqual({ complete: ['web'], failed: [], left: [] });
      expect(await generationOf(name, 'deployment/web')).toBe(2);
    },
    TIMEOUT,
  );
});

describe('a restart', () => {
  test(
    'waits for an API server that goes away while configs are read and while rollouts are followed',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const targets = ['deployment/web', 'statefulset/pg'];
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 2), makeWorkload('StatefulSet', 'pg', 2)]);
      await settled(cluster, name, ...targets);
      const { intercept } = inTurn(
        (method, url) => method === 'GET' && url.includes('/configmaps/'),
        Array.from({ length: 6 }, (): Interception => ({ act: 'answer', code: 503, reason: 'ServiceUnavailable' })),
      );
      await using proxy = await startClusterProxy(cluster, { intercept });
      const steps = await Promise.all(targets.map((target, wave) => makeStep(cluster, name, target, { wave })));
      let outages = 0;
      const { complete, failed } = await runSteps(cluster, name, steps, {
        server: proxy.url,
        timeoutMs: 150_000,
        async onEvent({ phase }) {
          if (phase !== 'progressing' || outages === 3) return;
          outages += 1;
          await proxy.goAway(true);
          // So long an API server takes to come back.
          await sleep(3000);
          await proxy.goAway(false);
        },
      });
      expect({ complete, failed, outages }).toEqual({ complete: ['web', 'pg'], failed: [], outages: 3 });
      for (const target of targets) expect(await generationOf(name, target)).toBe(2);
    },
    TIMEOUT,
  );

  test(
    'follows over watches that are refused, cut and forgotten',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 2)]);
      await settled(cluster, name, 'deployment/web');
      const refusals = [410, 500, 503, 429].map(
        (code): Interception => ({ act: 'answer', code, reason: code === 410 ? 'Expired' : 'InternalError' }),
      );
      const { intercept, left } = inTurn((_, url) => url.includes('watch=true'), [...refusals, { act: 'cut' }]);
      await using proxy = await startClusterProxy(cluster, { intercept });
      const step = await makeStep(cluster, name, 'deployment/web');
      const cutting = setInterval(proxy.cutAll, 700);
      try {
        const { complete, failed } = await runSteps(cluster, name, [step], { server: proxy.url, timeoutMs: 120_000 });
        expect({ complete, failed, left }).toEqual({ complete: ['web'], failed: [], left: [] });
      } finally {
        clearInterval(cutting);
      }
      expect(await generationOf(name, 'deployment/web')).toBe(2);
    },
    TIMEOUT,
  );

  test(
    'by eviction takes an eviction that was not answered for done, and evicts one pod at a time all the same',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('StatefulSet', 'pg', 2)]);
      await settled(cluster, name, 'statefulset/pg');
      const { intercept, left } = inTurn(
        (method, url) => method === 'POST' && url.endsWith('/eviction'),
        [{ act: 'lose' }, { act: 'cut' }, { act: 'answer', code: 503, reason: 'ServiceUnavailable' }],
      );
      await using proxy = await startClusterProxy(cluster, { intercept });
      const step = await makeEvictStep(cluster, name, 'statefulset/pg');
      const { complete, failed, events } = await runSteps(cluster, name, [step], { server: proxy.url });
      expect({ complete, failed, left }).toEqual({ complete: ['pg'], failed: [], left: [] });
      expect(Math.min(...events.map(({ ready }) => ready))).toBe(1);
    },
    TIMEOUT,
  );

  test(
    'whose login runs out in the middle says what it has done and what goes on, and exits 2',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'a', 1), makeWorkload('Deployment', 'b', 1)]);
      await settled(cluster, name, 'deployment/a', 'deployment/b');
      await using proxy = await startClusterProxy(cluster, {
        intercept: ({ method, url }) =>
          method === 'PATCH' && url.includes('/deployments/b') && !url.includes('dryRun')
            ? { act: 'answer', code: 401, reason: 'Unauthorized' }
            : PASS,
      });
      const command = `restart deploy/a deploy/b -n ${name} --max-parallel 1 --wait=false -s ${proxy.url}`;
      const { code, stdout, stderr } = await runCommand(command, { kubeconfig: cluster.kubeconfig });
      expect({ code, stdout }).toEqual({ code: 2, stdout: 'deployment.apps/a restarted\n' });
      expect(stderr).toContain(
        `error: 0 restarted, 0 failed, 1 not started; 1 rollout under way goes on in the cluster\n  kubectl reload rollout-status deployment/a -n ${name} --server ${proxy.url}\n`,
      );
      expect(stderr).toContain('You must be logged in to the server');
    },
    TIMEOUT,
  );
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends the program with 130 and a last line that names what goes on and how to follow it',
    async (signal) => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 1)]);
      await settled(cluster, name, 'deployment/web');
      const words = ['restart', 'deployment/web', '-n', name, '--soak', '60s'];
      const child = spawn(process.execPath, ['cmd/kubectl-reload.ts', ...words], {
        env: { PATH: process.env['PATH'], KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' },
      });
      const printed = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const) {
        child[stream].setEncoding('utf8').on('data', (text: string) => {
          printed[stream] += text;
        });
      }
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      await waitFor(() => printed.stdout.includes('restarted'), 60_000, 'the restart to begin');
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(printed.stderr).toEndWith(
        `interrupted: 0 restarted, 0 failed, 0 not started; 1 rollout under way goes on in the cluster\n  kubectl reload rollout-status deployment/web -n ${name}\n`,
      );
      const follow = await runCommand(`rollout-status deployment/web -n ${name}`, { kubeconfig: cluster.kubeconfig });
      expect(follow.code).toBe(0);
    },
    TIMEOUT,
  );
});
