import type { RolloutEvent, StatusItem } from '../../src/types.ts';
import type { Authority } from '../cluster/certificate.ts';
import { waitFor } from '../cluster/shared.ts';
import { checkOutput, readLines, readState } from './fault-output.ts';
import type { FaultPlan } from './fault-plan.ts';
import { makeFaultPlan } from './fault-plan.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { FaultShop } from './fault-shop.ts';
import { EDITED_CONFIGS, LIVE, SOUND, STUCK } from './fault-shop.ts';
import { makeRandom } from './random.ts';
import type { CommandResult, CommandSetting } from './run-command.ts';
import { runCommand } from './run-command.ts';
import { startCommand } from './start-command.ts';

/** What a run was, and what was wrong about it. */
export interface FaultRun {
  plan: FaultPlan;
  violations: string[];
  /** All that is needed to see why, and to run it again. */
  report: string;
}

/** Milliseconds that a run may take beyond its own time-out before it counts as one that does not end. */
const MARGIN = 90_000;
/** Seconds that a server which has to be borne is waited for, and any other. */
const PATIENT = { request: 60, whole: 120 };
const SHORT = { request: 4, whole: 15 };

/** Runs the command of a seed through the faults of that seed, and checks what it said and did. */
export async function runFaults(
  seed: number,
  shop: FaultShop,
  place: { folder: string; authority: Authority },
): Promise<FaultRun> {
  const plan = makeFaultPlan(seed);
  await using proxy = await startFaultProxy(shop.cluster, plan, place);
  const results: [string, CommandResult][] = [];
  const run = new Run(plan, shop, proxy, results);
  const violations = await run.check();
  for (const [words, result] of results) violations.push(...checkOutput(words, result));
  const outputs = results.map(
    ([words, { code, stdout, stderr }]) => `$ ${words}\n${stdout}--- stderr\n${stderr}--- exit code ${code}\n`,
  );
  const again = `FAULT_SEED=${seed} FAULT_RUNS=1 npm run soak`;
  const report = [...violations, again, JSON.stringify(plan), ...proxy.log, ...outputs].join('\n');
  return { plan, violations, report };
}

/** One run, and the checks of its command. */
class Run {
  readonly #plan: FaultPlan;
  readonly #shop: FaultShop;
  readonly #proxy: FaultProxy;
  readonly #results: [string, CommandResult][];
  readonly #patience: typeof PATIENT;

  constructor(plan: FaultPlan, shop: FaultShop, proxy: FaultProxy, results: [string, CommandResult][]) {
    this.#plan = plan;
    this.#shop = shop;
    this.#proxy = proxy;
    this.#results = results;
    this.#patience = plan.isGentle ? PATIENT : SHORT;
  }

  check(): Promise<string[]> {
    const { command } = this.#plan;
    switch (command) {
      case 'status':
        return this.#checkStatus();
      case 'status --watch':
        return this.#checkWatch();
      case 'rollout-status':
        return this.#checkRollouts();
      case 'restart':
        return this.#checkRestart();
      default:
        return command satisfies never;
    }
  }

  async #checkStatus(): Promise<string[]> {
    const random = makeRandom(this.#plan.seed + 1);
    const all = random.once(2);
    const asksCode = random.once(2);
    const words = `status -o json${all ? ' --all' : ''}${asksCode ? ' --exit-code' : ''}`;
    const { code, stdout, late } = await this.#runFaulty(words, this.#patience.request);
    const wrong = this.#checkCode(words, code, [asksCode ? 1 : 0], [2]);
    if (code !== 2) {
      const report: { items: StatusItem[] } = JSON.parse(stdout);
      wrong.push(...this.#shop.findWrong(report.items, all ? 'none' : 'current'));
    }
    return [...late, ...wrong];
  }

  async #checkRollouts(): Promise<string[]> {
    const isStuck = makeRandom(this.#plan.seed + 1).once(3);
    const whole = isStuck ? 4 : this.#patience.whole;
    const targets = isStuck ? STUCK : SOUND.join(' ');
    const words = `rollout-status ${targets} -o json --soak 0 --grace 1h --timeout ${whole}s`;
    const { code, stdout, late } = await this.#runFaulty(words, whole);
    const events: RolloutEvent[] = readLines(stdout);
    const wrong = this.#checkCode(words, code, [isStuck ? 1 : 0], isStuck ? [2] : [1, 2]);
    for (const { workload, phase, reason } of events) {
      if (isStuck && phase === 'complete') wrong.push(`${workload.name} is told to be complete`);
      if (!isStuck && phase === 'failed' && reason !== 'TimedOut' && code !== 1) {
        wrong.push(`${workload.name} is told to have failed: ${reason}`);
      }
    }
    return [...late, ...wrong];
  }

  async #checkWatch(): Promise<string[]> {
    const words = this.#complete('status --watch -o json --all');
    const watch = startCommand(words, { kubeconfig: this.#proxy.kubeconfig });
    let code: number | null = null;
    watch.ended.then((ended) => {
      code = ended;
    });
    const items = (): StatusItem[] => readState(watch.stdout());
    const stateOfLive = () => items().find(({ workload }) => workload.name === 'live')?.state;
    const until = (isSeen: () => boolean, what: string) => waitFor(() => code !== null || isSeen(), MARGIN, what);
    const violations: string[] = [];
    try {
      await until(() => items().length > 0, 'the first state');
      await this.#shop.edit(LIVE.config);
      // The server says nothing of what it has not been asked.
      if (this.#plan.outage?.milliseconds !== null) await until(() => stateOfLive() === 'stale', 'the change');
    } catch (error) {
      violations.push(`${words}: ${error instanceof Error ? error.message : error}`);
    }
    if (code === null) {
      const { length: changes } = watch.stdout();
      if (this.#plan.outage?.milliseconds !== null && changes > 0)
        violations.push(...this.#shop.findWrong(items(), 'none'));
      watch.interrupt();
      const ended = await Promise.race([watch.ended, wait(MARGIN)]);
      if (ended !== 130) violations.push(`${words}: interrupted, and its exit code is ${ended ?? 'not there'}`);
    } else violations.push(...this.#checkCode(words, code, [], [2]));
    this.#results.push([words, { code: code ?? 130, stdout: watch.stdout(), stderr: watch.stderr() }]);
    return violations;
  }

  async #checkRestart(): Promise<string[]> {
    const random = makeRandom(this.#plan.seed + 1);
    const shop = this.#shop;
    for (const config of EDITED_CONFIGS) if (!random.once(3)) await shop.edit(config);
    await shop.edit(EDITED_CONFIGS[0]);
    const begun = await shop.readGenerations();
    const words = `restart --yes --soak 0 --timeout ${this.#patience.whole}s --max-parallel ${1 + random.below(4)}`;
    const { code, stdout, stderr, late } = await this.#runFaulty(words, this.#patience.whole);
    const wrong = this.#checkCode(words, code, [0], [1, 2]);
    const now = await shop.readGenerations();
    for (const [name, times] of findGrowth(begun, now)) {
      const [kind, plain] = name.split('/');
      const line = new RegExp(`^${kind}\\.apps/${plain} (restarted|failed: .* may have been restarted)`, 'm');
      if (times > 1) wrong.push(`${name} was restarted ${times} times`);
      if (!line.test(stdout + stderr)) wrong.push(`${name} was restarted, and no line says so`);
      if (!shop.listRestartable().includes(name)) wrong.push(`${name} was restarted, and is current`);
    }
    if (late.length > 0) return [...late, ...wrong];
    wrong.push(...(await this.#finishRestart(begun)));
    shop.mended();
    return wrong;
  }

  /** The same again without faults, and once more. */
  async #finishRestart(begun: ReadonlyMap<string, number>): Promise<string[]> {
    const shop = this.#shop;
    const wrong: string[] = [];
    const calm = { kubeconfig: shop.cluster.kubeconfig };
    const run = async (words: string): Promise<number> => {
      const result = await runCommand(`${words} -n ${shop.namespace}`, calm);
      this.#results.push([`without faults: ${words}`, result]);
      return result.code;
    };
    const restart = 'restart --yes --soak 0 --timeout 120s';
    if ((await run(restart)) !== 0) wrong.push('the run after it did not finish the job');
    const done = await shop.readGenerations();
    const growth = findGrowth(begun, done);
    for (const name of shop.listStale()) {
      if (growth.get(name) !== 1) wrong.push(`${name} was restarted ${growth.get(name) ?? 0} times in both runs`);
    }
    if ((await run(restart)) !== 0) wrong.push('a third run had something to say');
    if (findGrowth(done, await shop.readGenerations()).size > 0) wrong.push('a third run restarted something');
    if ((await run('status --exit-code')) !== 0) wrong.push('something is stale after all');
    return wrong;
  }

  #complete(words: string): string {
    return `${words} -n ${this.#shop.namespace} --request-timeout ${this.#patience.request}s`;
  }

  /**
   * Runs a command through the faults, and interrupts it when it does not end.
   * @param seconds its own time-out
   */
  async #runFaulty(words: string, seconds: number): Promise<CommandResult & { late: string[] }> {
    const interruption = new AbortController();
    const { skewMs } = this.#plan;
    const setting: CommandSetting = {
      kubeconfig: this.#proxy.kubeconfig,
      now: () => new Date(Date.now() + skewMs),
      interrupted: interruption.signal,
    };
    const late: string[] = [];
    const alarm = setTimeout(
      () => {
        late.push(`${words}: it did not end`);
        interruption.abort();
      },
      seconds * 1000 + MARGIN,
    );
    const line = this.#complete(words);
    const result = await runCommand(line, setting);
    clearTimeout(alarm);
    this.#results.push([line, result]);
    return { ...result, late };
  }

  /** @param also what it may be where not all has to be borne */
  #checkCode(words: string, code: number, right: readonly number[], also: readonly number[]): string[] {
    const { isGentle } = this.#plan;
    if (right.includes(code) || (!isGentle && also.includes(code))) return [];
    return [`${words}: its exit code is ${code}`];
  }
}

/** How often the spec of each workload was changed, of those where it was. */
function findGrowth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Map<string, number> {
  const grown = [...after].map(([name, times]) => [name, times - (before.get(name) ?? 0)] as const);
  return new Map(grown.filter(([, times]) => times > 0));
}

function wait(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, null));
}
