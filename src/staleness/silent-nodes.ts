import type { RunCommand } from './observe.ts';

/** So many commands in turn may be late before a node is taken for dead. */
const LATE_COMMANDS = 2;

/** Keeps from waiting for a dead node once for each of its pods. */
export class SilentNodes {
  readonly #late = new Map<string, number>();

  /** Runs a command, unless those before it on the same node gave no answer. */
  guard(node: string): (run: RunCommand) => RunCommand {
    return (run) => async (command) => {
      const late = this.#late.get(node) ?? 0;
      if (late >= LATE_COMMANDS) return { result: 'failed', message: `node ${node} does not answer` };
      const outcome = await run(command);
      this.#late.set(node, outcome.result === 'late' ? (this.#late.get(node) ?? 0) + 1 : 0);
      return outcome;
    };
  }
}
