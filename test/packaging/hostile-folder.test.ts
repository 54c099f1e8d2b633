/** The built program in a folder of a stranger: nothing there is executed, and no settings are read from it. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { startOnTerminal } from '../support/start-on-terminal.ts';
import { buildProgram, layFreshTree } from './fresh-tree.ts';
import type { HostileFolder } from './hostile-folder.ts';
import { garble, makeHostileFolder } from './hostile-folder.ts';
import { runProgram } from './run-program.ts';
import { DEPLOYMENT } from './workload.ts';

/** Starting programs of 100 MB, on a machine that does much else. */
const LONG = 120_000;

let folder: string;
let program: string;
let cluster: TestCluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-folder-'));
  cluster = await useCluster();
  layFreshTree(join(folder, 'tree'));
  program = await buildProgram(join(folder, 'tree'));
  writeFileSync(join(folder, 'web.yaml'), stringify(DEPLOYMENT));
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true }));

const makeHostile = () => makeHostileFolder(mkdtempSync(join(folder, 'evil-')));

/** Runs the program there; its home is the same folder, as it is for who types in the home of another. */
function runIn({ path }: HostileFolder, args: string, env: Record<string, string> = {}) {
  return runProgram([program, ...args.split(' ')], {
    cwd: path,
    env: { PATH: process.env['PATH'] ?? '', HOME: path, XDG_CONFIG_HOME: path, ...env },
  });
}

test(
  'the folder is a trap: a program that was built without a word about it executes what is in it',
  async () => {
    const evil = makeHostile();
    writeFileSync(join(folder, 'careless.ts'), "console.log(process.env['KUBECONFIG']);\n");
    const careless = join(folder, 'careless');
    const build = [process.execPath, 'build', '--compile', 'careless.ts', `--outfile=${careless}`];
    const env = { PATH: process.env['PATH'] ?? '' };
    expect((await runProgram(build, { cwd: folder, env })).code).toBe(0);
    expect((await runProgram([careless], { cwd: evil.path, env })).stdout).toBe(`${evil.path}/evil.yaml\n`);
    expect(evil.executed()).toEqual(['preload']);
  },
  LONG,
);

test(
  'nothing in the current folder is executed, or changes what a command says',
  async () => {
    const [evil, broken] = [makeHostile(), makeHostile()];
    garble(broken);
    const safe = { path: mkdtempSync(join(folder, 'safe-')), executed: () => [] };
    const commands = ['--help', 'version --client', `deps -f ${folder}/web.yaml`, 'probe manifest'];
    for (const command of commands) {
      const expected = await runIn(safe, command);
      expect(expected, command).toMatchObject({ code: 0, stderr: '' });
      expect(await runIn(evil, command), command).toEqual(expected);
      expect(await runIn(broken, command), command).toEqual(expected);
    }
    await using namespace = await useNamespace(cluster);
    await apply(cluster, namespace.name, [DEPLOYMENT]);
    const env = { KUBECONFIG: cluster.kubeconfig };
    const expected = await runIn(safe, `status -n ${namespace.name}`, env);
    expect(expected).toMatchObject({ code: 0, stderr: '\n1 reference is broken.\n' });
    expect(await runIn(evil, `status -n ${namespace.name}`, env)).toEqual(expected);
    expect(await runIn(broken, `status -n ${namespace.name}`, env)).toEqual(expected);
    expect([...evil.executed(), ...broken.executed()]).toEqual([]);
  },
  LONG,
);

test(
  'no variable comes from a .env of the current folder',
  async () => {
    const evil = makeHostile();
    const { code, stderr } = await runIn(evil, 'status');
    expect(code).toBe(2);
    expect(stderr).toStartWith(`error: there is no kubeconfig: ${evil.path}/.kube/config not found\n`);
  },
  LONG,
);

test.each([
  'NODE_OPTIONS=--require=./options.js',
  'NODE_PATH=./node_modules',
  'BUN_INSPECT_PRELOAD=./options.js',
  'DEV=true',
])(
  '%s in the environment executes nothing either',
  async (variable) => {
    const evil = makeHostile();
    const [name = '', value = ''] = [
      variable.slice(0, variable.indexOf('=')),
      variable.slice(variable.indexOf('=') + 1),
    ];
    const expected = await runIn(evil, `deps -f ${folder}/web.yaml`);
    expect(await runIn(evil, `deps -f ${folder}/web.yaml`, { [name]: value })).toEqual(expected);
    expect(evil.executed()).toEqual([]);
  },
  LONG,
);

test(
  'the live view takes no tool for developers from the current folder, also where DEV asks for one',
  async () => {
    const evil = makeHostile();
    await using namespace = await useNamespace(cluster);
    const { template } = DEPLOYMENT.spec;
    const spec = { ...template.spec, nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } };
    const deployment = { ...DEPLOYMENT, spec: { ...DEPLOYMENT.spec, replicas: 1, template: { ...template, spec } } };
    await apply(cluster, namespace.name, [deployment]);
    await using terminal = startOnTerminal(`rollout-status -n ${namespace.name}`, {
      kubeconfig: cluster.kubeconfig,
      columns: 100,
      rows: 20,
      env: { DEV: 'true' },
      built: program,
      cwd: evil.path,
    });
    await waitFor(() => terminal.screen().includes('0 of 1 complete'), LONG, 'the live view');
    terminal.type('\x03');
    expect(await terminal.ended).toBe(130);
    expect(evil.executed()).toEqual([]);
  },
  LONG,
);
