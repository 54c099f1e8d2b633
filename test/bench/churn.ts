import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { callApi } from '../cluster/request.ts';
import { makeRandom } from '../support/random.ts';
import type { Population } from './generate-population.ts';
import type { Environment } from './measure.ts';
import { median } from './measure.ts';
import { accessOf, configPath, manifestOf, workloadPath } from './populate.ts';
import { readStatus } from './read-status.ts';
import type { StatusLine } from './watched-status.ts';
import { WatchedStatus } from './watched-status.ts';

/** What following everything under churn came to. */
export interface ChurnResult {
  minutes: number;
  edits: number;
  rollouts: number;
  /** Lines that `status -w` printed. */
  lines: number;
  /** Rows of the last state, all of them as a fresh `status` has them. */
  rows: number;
  /** Of these, those of which the watch knows what the server has forgotten. */
  remembered: number;
  watchers: WatcherCost[];
}

/** What one watcher cost, or several processes together. */
export interface WatcherCost {
  name: string;
  /** Seconds of user and system time. */
  cpu: number;
  /** MiB resident, median of the first minute and of the last. */
  firstMemory: number;
  lastMemory: number;
}

const EDITS_PER_MINUTE = 60;
const ROLLOUTS_PER_MINUTE = 12;
const SAMPLE = 10_000;
const SAMPLES_PER_MINUTE = 60_000 / SAMPLE;
/** Milliseconds until the last change has been told: mounted files count as pending for a minute and a half. */
const PATIENCE = 240_000;
const KINDS = ['pods', 'replicasets', 'deployments', 'statefulsets', 'daemonsets', 'configmaps', 'secrets'];

/**
 * Follows everything with `status -w`, and with kubectl by one process a kind, while configs are edited and Deployments restarted at a seeded rate.
 * @throws when the last state that was told is not what a fresh `status` tells
 */
export async function benchChurn(
  cluster: TestCluster,
  program: string,
  population: Population,
  { minutes, env, tell }: { minutes: number; env: Environment; tell: (line: string) => void },
): Promise<ChurnResult> {
  const ours = Bun.spawn([program, 'status', '-A', '-w', '-o', 'json'], { env, stdin: 'ignore', stderr: 'inherit' });
  const theirs = KINDS.map((kind) =>
    Bun.spawn([cluster.kubectl, 'get', kind, '-A', '-w', '-o', 'json'], {
      env,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'inherit',
    }),
  );
  const children = [ours, ...theirs];
  const watched = new WatchedStatus();
  const reading = readLines(ours.stdout, (line) => watched.take(line));
  try {
    const samples: Sample[][] = [];
    const sampling = setInterval(() => {
      samples.push(children.map(({ pid }) => readSample(pid)));
      if (samples.length % SAMPLES_PER_MINUTE === 0)
        tell(`${samples.length / SAMPLES_PER_MINUTE} of ${minutes} minutes of churn`);
    }, SAMPLE);
    const made = await churn(cluster, population, minutes * 60_000);
    clearInterval(sampling);
    const summarize = (name: string, pick: (all: readonly Sample[]) => readonly Sample[]): WatcherCost => {
      const rows = samples.map(pick);
      const memory = rows.map((row) => row.reduce((sum, sample) => sum + sample.memory, 0));
      const minute = Math.min(SAMPLES_PER_MINUTE, Math.ceil(memory.length / 2));
      return {
        name,
        cpu: (rows.at(-1) ?? []).reduce((sum, sample) => sum + sample.cpu, 0),
        firstMemory: median(memory.slice(0, minute)),
        lastMemory: median(memory.slice(-minute)),
      };
    };
    const watchers = [
      summarize('kubectl reload status -A -w -o json', ([first]) => (first === undefined ? [] : [first])),
      summarize('kubectl get pods -A -w -o json', (all) => all.slice(1, 2)),
      summarize(`the same for ${KINDS.length} kinds, ${KINDS.length} processes`, (all) => all.slice(1)),
    ];
    tell('waiting until the last change has been told…');
    const { rows, remembered } = await compareWithFresh(watched, program, env);
    return { minutes, ...made, lines: watched.lines, rows, remembered, watchers };
  } finally {
    for (const child of children) child.kill();
    await reading;
  }
}

async function churn(cluster: TestCluster, { configs, workloads }: Population, length: number) {
  const access = accessOf(cluster);
  const random = makeRandom(31);
  const deployments = workloads.filter(({ kind }) => kind === 'Deployment');
  const [config, ...otherConfigs] = configs;
  const [deployment, ...otherDeployments] = deployments;
  if (config === undefined || deployment === undefined) throw new Error('nothing to churn');
  const put = async (path: string, body: object): Promise<void> => {
    const { status, text } = await callApi(access, 'PUT', path, body);
    if (status !== 200) throw new Error(`${path}: ${text}`);
  };
  const edit = async (round: number): Promise<void> => {
    const chosen = random.pick([config, ...otherConfigs]);
    const [first = '', ...rest] = Object.keys(chosen.data);
    await put(
      configPath(chosen),
      manifestOf({ ...chosen, data: { ...chosen.data, [random.pick([first, ...rest])]: `edit ${round}` } }),
    );
  };
  const roll = async (round: number): Promise<void> => {
    const chosen = random.pick([deployment, ...otherDeployments]);
    await put(workloadPath(chosen), annotateTemplate(chosen.manifest, `round ${round}`));
  };
  const started = performance.now();
  const made = { edits: 0, rollouts: 0 };
  while (performance.now() - started < length) {
    const minutes = (performance.now() - started) / 60_000;
    if (made.edits < minutes * EDITS_PER_MINUTE) await edit(++made.edits);
    else if (made.rollouts < minutes * ROLLOUTS_PER_MINUTE) await roll(++made.rollouts);
    else await sleep(100);
  }
  return made;
}

/** A Deployment with another pod template. */
function annotateTemplate(manifest: object, text: string): object {
  const copy = JSON.parse(JSON.stringify(manifest));
  copy.spec.template.metadata.annotations = { 'bench/churn': text };
  return copy;
}

/** One look at a process. */
interface Sample {
  /** Seconds. */
  cpu: number;
  /** MiB. */
  memory: number;
}

/** Linux counts the time of a process in hundredths of a second, whatever the kernel's own clock. */
const TICKS = 100;
const PAGES_PER_MIB = 256;

function readSample(pid: number): Sample {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold blanks and brackets.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0] = fields.slice(11, 13);
  return { cpu: (user + system) / TICKS, memory: (fields[21] ?? 0) / PAGES_PER_MIB };
}

async function compareWithFresh(watched: WatchedStatus, program: string, env: Environment) {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const items = await readStatus(program, env);
    const { different, remembered } = watched.compare(items);
    if (different.length === 0) return { rows: items.length, remembered };
    if (performance.now() > deadline) {
      throw new Error(`the last state of status -w is not what status says:\n${different.slice(0, 5).join('\n')}`);
    }
    await sleep(5000);
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: StatusLine) => void,
): Promise<void> {
  for await (const line of createInterface({ input: Readable.from(stream) })) take(JSON.parse(line));
}
