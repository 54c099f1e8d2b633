import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from '../cluster/build.ts';
import { buildMissing } from '../cluster/build.ts';
import { cacheRoot, hashPins } from '../cluster/cache.ts';

/** The objects that a pod refers to; names sorted and unique. */
export interface ReferencedNames {
  configmaps: string[];
  secrets: string[];
}

/** What `kubectl rollout status` says of an object. */
export interface RolloutAnswer {
  message: string;
  /** Whether kubectl would stop waiting. */
  done: boolean;
  /** Why kubectl would fail; '' when it would not. */
  error: string;
}

const folder = import.meta.dirname;
const ldflags = '-s -w';

/** Builds the oracle (see main.go) unless the cache holds it already, and gives the path of the program. */
export async function buildOracle(options: BuildOptions = {}): Promise<string> {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.go') || name.startsWith('go.'));
  const pins = sources.sort().map((name) => join(folder, name));
  const bin = join(cacheRoot(options.environment), `oracle-${hashPins(pins, ldflags)}`);
  const firstBuild = 'seconds once the test cluster is built';
  await buildMissing(bin, [{ name: 'oracle', folder, package: '.', ldflags, firstBuild }], options);
  return join(bin, 'oracle');
}

/** Asks Kubernetes' own code which ConfigMaps and Secrets each of these pods (or objects with a PodSpec) refers to. */
export async function askReferences(objects: readonly object[]): Promise<ReferencedNames[]> {
  return (await ask('references', objects)).map((line) => JSON.parse(line));
}

/** Asks kubectl's own code what it says of each of these Deployments, StatefulSets and DaemonSets. */
export async function askRolloutStatus(objects: readonly object[]): Promise<RolloutAnswer[]> {
  return (await ask('rollout-status', objects)).map((line) => JSON.parse(line));
}

async function ask(subcommand: string, objects: readonly object[]): Promise<string[]> {
  const program = await buildOracle();
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  const child = spawn(program, [subcommand]);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.on('error', reject).on('close', (code) => {
    if (code === 0) resolve(output.stdout.split('\n').filter(Boolean));
    else reject(new Error(`oracle ${subcommand}: ${output.stderr.trim()}`));
  });
  // The oracle stops reading at the first object that it does not understand, and says so.
  child.stdin.on('error', () => {});
  child.stdin.end(objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
  return promise;
}
