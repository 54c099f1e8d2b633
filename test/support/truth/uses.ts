import type { StatusItem } from '../../../src/types.ts';
import type { Content } from './config-hand.ts';
import type { Held } from './look.ts';
import { LOOK_COMMAND } from './look.ts';

/**
 * The ways of use, side by side in one pod. Every way but two needs key A only, or takes all keys. `other` is a second container with
 * another key, `again` a third one that a test may restart in its place; `subPathFolder` shows a folder of its volume that holds A, while
 * the volume has B too. `at` is the name of a variable, or a path, in the slot of its config.
 */
export const USES = {
  env: { container: 'app', via: 'env', at: 'ENV_A', config: 'ConfigMap' },
  envFrom: { container: 'app', via: 'envFrom', at: 'ALL_*', config: 'ConfigMap' },
  subPath: { container: 'app', via: 'subPath', at: 'a', config: 'ConfigMap' },
  subPathFolder: { container: 'app', via: 'subPath', at: 'folder', config: 'ConfigMap' },
  volume: { container: 'app', via: 'volume', at: 'volume', config: 'ConfigMap' },
  projected: { container: 'app', via: 'projected', at: 'projected', config: 'ConfigMap' },
  secretEnv: { container: 'app', via: 'env', at: 'SECRET_A', config: 'Secret' },
  secretSubPath: { container: 'app', via: 'subPath', at: 'secret-a', config: 'Secret' },
  secretVolume: { container: 'app', via: 'volume', at: 'secret', config: 'Secret' },
  init: { container: 'init', via: 'env', at: 'INIT_A', config: 'ConfigMap' },
  other: { container: 'other', via: 'env', at: 'OTHER_B', config: 'ConfigMap' },
  againEnv: { container: 'again', via: 'env', at: 'AGAIN_A', config: 'ConfigMap' },
  againEnvFrom: { container: 'again', via: 'envFrom', at: 'ALL_*', config: 'ConfigMap' },
  againSubPath: { container: 'again', via: 'subPath', at: 'a', config: 'ConfigMap' },
  againVolume: { container: 'again', via: 'volume', at: 'volume', config: 'ConfigMap' },
} as const satisfies Record<string, Use>;

/** One way of use, in the words of a verdict. */
interface Use {
  container: string;
  via: StatusItem['via'];
  at: string;
  config: 'ConfigMap' | 'Secret';
}

/** The name of a way of use. */
export type UseName = keyof typeof USES;

/** All of them. */
export const USE_NAMES = Object.keys(USES).filter((name): name is UseName => name in USES);

/** The container that tells what a use holds: an initial container has ended, and left what it had in a file. */
export function containerOf(use: UseName): string {
  return use === 'init' ? 'app' : USES[use].container;
}

/** True for the verdict on a way of use of the config in a slot. */
export function isVerdictOn(item: StatusItem, slot: number, name: UseName): boolean {
  const { container, via, at } = USES[name];
  const isFile = via !== 'env' && via !== 'envFrom';
  return item.container === container && item.via === via && item.at === (isFile ? pathOf(slot, at) : nameOf(slot, at));
}

/** True when a container holds for a use what the config in that slot holds now. */
export function holdsNow(use: UseName, slot: number, { environment, files }: Held, now: Content): boolean {
  const variable = (name: string) => environment.get(nameOf(slot, name));
  const file = (name: string) => files.get(`${slot}/${name}`);
  switch (use) {
    case 'env':
      return variable('ENV_A') === now.A;
    case 'secretEnv':
      return variable('SECRET_A') === now.A;
    case 'other':
      return variable('OTHER_B') === now.B;
    case 'againEnv':
      return variable('AGAIN_A') === now.A;
    case 'envFrom':
    case 'againEnvFrom':
      return isSame(pick(environment, nameOf(slot, 'ALL_')), now);
    case 'subPath':
    case 'againSubPath':
      return file('a') === now.A;
    case 'subPathFolder':
      return file('folder/A') === now.A;
    case 'secretSubPath':
      return file('secret-a') === now.A;
    case 'init':
      return file('init/A') === now.A;
    case 'volume':
    case 'againVolume':
      return isSame(pick(files, `${slot}/volume/`), now);
    case 'projected':
      return isSame(pick(files, `${slot}/projected/`), now);
    case 'secretVolume':
      return isSame(pick(files, `${slot}/secret/`), now);
    default:
      return use satisfies never;
  }
}

function nameOf(slot: number, name: string): string {
  return `S${slot}_${name}`;
}

function pathOf(slot: number, path: string): string {
  return `/use/${slot}/${path}`;
}

function pick(values: ReadonlyMap<string, string>, prefix: string): Content {
  const picked = [...values].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(picked.map(([name, value]) => [name.slice(prefix.length), value]));
}

function isSame(a: Content, b: Content): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}

/** What one container has of one config. */
interface Part {
  env?: object[];
  envFrom?: object[];
  volumeMounts?: object[];
}

/**
 * The spec of a pod with all ways of use of the ConfigMaps and Secrets of some names, each in a slot of its own.
 * @param containers which of its containers to have
 */
export function makeTruthSpec(configs: readonly string[], containers: 'all' | 'app' = 'all'): object {
  const makeContainer = (name: string, make: (config: string, slot: number) => Part, rest: object = {}): object => {
    const parts = configs.map(make);
    return {
      name,
      image: 'local/busybox:1',
      command: LOOK_COMMAND,
      env: [{ name: 'CONTAINER', value: name }, ...parts.flatMap(({ env = [] }) => env)],
      envFrom: parts.flatMap(({ envFrom = [] }) => envFrom),
      volumeMounts: parts.flatMap(({ volumeMounts = [] }) => volumeMounts),
      ...rest,
    };
  };
  const initCommand = configs.map((_, slot) => `echo "$${nameOf(slot, 'INIT_A')}" > ${pathOf(slot, 'init/A')}`);
  const others = [makeContainer('other', useOfOther), makeContainer('again', useOfAgain)];
  return {
    automountServiceAccountToken: false,
    shareProcessNamespace: true,
    terminationGracePeriodSeconds: 0,
    initContainers: [makeContainer('init', useOfInit, { command: ['sh', '-c', initCommand.join('; ')] })],
    containers: [makeContainer('app', useOfApp), ...(containers === 'app' ? [] : others)],
    volumes: configs.flatMap(makeVolumes),
  };
}

function useOfInit(config: string, slot: number): Part {
  return { env: [variable(slot, 'INIT_A', config, 'A')], volumeMounts: [mount(slot, 'init', 'init')] };
}

function useOfApp(config: string, slot: number): Part {
  const secret = { name: nameOf(slot, 'SECRET_A'), valueFrom: { secretKeyRef: { name: config, key: 'A' } } };
  return {
    env: [variable(slot, 'ENV_A', config, 'A'), secret],
    envFrom: [{ prefix: nameOf(slot, 'ALL_'), configMapRef: { name: config } }],
    volumeMounts: [
      mount(slot, 'init', 'init'),
      mount(slot, 'whole', 'a', 'A'),
      mount(slot, 'whole', 'volume'),
      mount(slot, 'folders', 'folder', 'folder'),
      mount(slot, 'projected', 'projected'),
      mount(slot, 'secret', 'secret-a', 'A'),
      mount(slot, 'secret', 'secret'),
    ],
  };
}

function useOfOther(config: string, slot: number): Part {
  return { env: [variable(slot, 'OTHER_B', config, 'B')] };
}

function useOfAgain(config: string, slot: number): Part {
  return {
    env: [variable(slot, 'AGAIN_A', config, 'A')],
    envFrom: [{ prefix: nameOf(slot, 'ALL_'), configMapRef: { name: config } }],
    volumeMounts: [mount(slot, 'whole', 'a', 'A'), mount(slot, 'whole', 'volume')],
  };
}

function makeVolumes(config: string, slot: number): object[] {
  const items = [
    { key: 'A', path: 'folder/A' },
    { key: 'B', path: 'beside/B' },
  ];
  return [
    { name: `init-${slot}`, emptyDir: {} },
    { name: `whole-${slot}`, configMap: { name: config } },
    { name: `folders-${slot}`, configMap: { name: config, items } },
    { name: `projected-${slot}`, projected: { sources: [{ configMap: { name: config } }] } },
    { name: `secret-${slot}`, secret: { secretName: config } },
  ];
}

function variable(slot: number, name: string, config: string, key: string): object {
  return { name: nameOf(slot, name), valueFrom: { configMapKeyRef: { name: config, key } } };
}

function mount(slot: number, volume: string, path: string, subPath?: string): object {
  return { name: `${volume}-${slot}`, mountPath: pathOf(slot, path), ...(subPath !== undefined && { subPath }) };
}
