import { spawn } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { askKubectl, useNamespace as createNamespace } from '../cluster/shared.ts';

/** The shop of `docs/shop`, running in a namespace of its own, and a folder and a shell to work with it. */
export interface Shop extends AsyncDisposable {
  namespace: string;
  /** A kubeconfig whose namespace is the shop's. */
  kubeconfig: string;
  /** Runs a command line in a shell. What it prints is a text, in the order in which it comes. */
  type(command: string): Promise<{ code: number; text: string }>;
}

/** Times of the API are whole seconds: what happens within the same ones has no order. */
const PAST_THE_SECOND = 3000;

/** Deploys the shop and waits until it runs. The folder holds its manifests, once more below `deploy` and `overlay`. */
export async function openShop(cluster: TestCluster): Promise<Shop> {
  const namespace = await createNamespace(cluster);
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-reload-docs-'));
  const kubeconfig = join(folder, '.kubeconfig');
  await copyFile(cluster.kubeconfig, kubeconfig);
  await askKubectl({ ...cluster, kubeconfig }, ['config', 'set-context', '--current', `--namespace=${namespace.name}`]);
  await writeManifests(folder);
  const bin = await makeBin(folder, cluster.kubectl);
  const env = { PATH: [bin, process.env['PATH']].join(delimiter), KUBECONFIG: kubeconfig, HOME: folder, NO_COLOR: '1' };
  const shop: Shop = {
    namespace: namespace.name,
    kubeconfig,
    type: (command) => runShell(command, folder, env),
    async [Symbol.asyncDispose]() {
      await namespace[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
  await typeAll(shop, ['kubectl apply -f config.yaml']);
  await sleep(PAST_THE_SECOND);
  const rollouts = ['deployment/web', 'statefulset/db', 'daemonset/agent'];
  await typeAll(shop, [
    'kubectl apply -f workloads.yaml',
    ...rollouts.map((name) => `kubectl rollout status ${name} --timeout=180s`),
  ]);
  await sleep(PAST_THE_SECOND);
  return shop;
}

async function typeAll(shop: Shop, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const { code, text } = await shop.type(command);
    if (code !== 0) throw new Error(`${command}: ${text}`);
  }
}

async function writeManifests(folder: string): Promise<void> {
  for (const place of ['.', 'deploy', 'overlay']) {
    await mkdir(join(folder, place), { recursive: true });
    for (const name of ['config.yaml', 'workloads.yaml']) {
      const text = await readFile(join('docs/shop', name), 'utf8');
      // The nodes of a test have one image, and load none.
      await writeFile(join(folder, place, name), text.replaceAll('image: busybox:1', 'image: local/busybox:1'));
    }
  }
  await cp('docs/roles', join(folder, 'docs/roles'), { recursive: true });
  await writeFile(join(folder, 'overlay/kustomization.yaml'), 'resources: [config.yaml, workloads.yaml]\n');
}

/** A folder for PATH in which kubectl finds the plugin by its name. */
async function makeBin(folder: string, kubectl: string): Promise<string> {
  const bin = join(folder, '.bin');
  await mkdir(bin);
  await symlink(kubectl, join(bin, 'kubectl'));
  const plugin = join(bin, 'kubectl-reload');
  await writeFile(plugin, `#!/bin/sh\nexec '${process.execPath}' '${resolve('cmd/kubectl-reload.ts')}' "$@"\n`);
  await chmod(plugin, 0o755);
  return bin;
}

function runShell(command: string, cwd: string, env: Record<string, string>): Promise<{ code: number; text: string }> {
  const { promise, resolve: done, reject } = Promise.withResolvers<{ code: number; text: string }>();
  const child = spawn('/bin/sh', ['-c', `exec 2>&1; ${command}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  child.on('error', reject);
  child.on('close', (code) => done({ code: code ?? -1, text }));
  return promise;
}
