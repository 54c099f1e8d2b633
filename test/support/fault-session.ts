import type { FaultPlan } from './fault-plan.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { FaultShop } from './fault-shop.ts';
import type { Random } from './random.ts';
import { makeRandom } from './random.ts';
import type { CommandResult } from './run-command.ts';
import { runCommand } from './run-command.ts';

/** What the check of a command has to do with: a shop, and the faults before it. */
export interface FaultSession {
  plan: FaultPlan;
  shop: FaultShop;
  /** Path of the kubeconfig that leads through the faults. */
  kubeconfig: string;
  /** Seconds that one request, and a whole command, may take. */
  patience: { request: number; whole: number };
  /** What is to be chosen besides the faults. */
  random: Random;
  /** The clock of this machine, which may be wrong. */
  now: () => Date;
  /** A command line with the flags that all commands here take. */
  complete(words: string): string;
  /**
   * Runs a command through the faults, and interrupts it when it does not end.
   * @param seconds its own time-out
   */
  run(words: string, seconds: number): Promise<CommandResult & { late: string[] }>;
  /** Runs a command without faults, and gives its exit code. */
  runCalm(words: string): Promise<number>;
  /** Keeps what a command said that was run in another way. */
  keep(words: string, result: CommandResult): void;
  /**
   * What is wrong about an exit code.
   * @param also what it may be where not all has to be borne
   */
  checkCode(words: string, code: number, right: readonly number[], also: readonly number[]): string[];
}

/** Milliseconds that a run may take beyond its own time-out before it counts as one that does not end. */
export const MARGIN = 90_000;
/** For a server which has to be borne, and for any other. */
const PATIENT = { request: 60, whole: 120 };
const SHORT = { request: 4, whole: 15 };

/**
 * Opens the session of a plan.
 * @param results gets every command with what it said
 */
export function openFaultSession(
  plan: FaultPlan,
  shop: FaultShop,
  { kubeconfig }: Pick<FaultProxy, 'kubeconfig'>,
  results: [string, CommandResult][],
): FaultSession {
  const patience = plan.isGentle ? PATIENT : SHORT;
  const now = () => new Date(Date.now() + plan.skewMs);
  const complete = (words: string) => `${words} -n ${shop.namespace} --request-timeout ${patience.request}s`;
  return {
    plan,
    shop,
    kubeconfig,
    patience,
    random: makeRandom(plan.seed + 1),
    now,
    complete,
    async run(words, seconds) {
      const interruption = new AbortController();
      const late: string[] = [];
      const alarm = setTimeout(
        () => {
          late.push(`${words}: it did not end`);
          interruption.abort();
        },
        seconds * 1000 + MARGIN,
      );
      const line = complete(words);
      const result = await runCommand(line, { kubeconfig, now, interrupted: interruption.signal });
      clearTimeout(alarm);
      results.push([line, result]);
      return { ...result, late };
    },
    async runCalm(words) {
      const result = await runCommand(`${words} -n ${shop.namespace}`, { kubeconfig: shop.cluster.kubeconfig });
      results.push([`without faults: ${words}`, result]);
      return result.code;
    },
    keep: (words, result) => results.push([words, result]),
    checkCode: (words, code, right, also) =>
      right.includes(code) || (!plan.isGentle && also.includes(code)) ? [] : [`${words}: its exit code is ${code}`],
  };
}
