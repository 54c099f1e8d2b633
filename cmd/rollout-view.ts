import type { RolloutEvent } from '../src/types.ts';
import { formatJson } from '../src/view/report.ts';
import { makeEventLine } from '../src/view/rollout-line.ts';
import { escapeLines } from '../src/view/text.ts';
import type { Streams } from './streams.ts';

/** Shows how rollouts go: results on standard output, what is on the way on standard error. */
export interface RolloutView {
  show(event: RolloutEvent): void;
  warn(text: string): void;
  /** Nothing comes any more. */
  end(): void;
}

/** What is shown. */
export interface RolloutViewOptions {
  showNamespace: boolean;
  /** Of a `restart` the end tells how long it took; of a `status` it is kubectl's sentence. */
  wording: 'restart' | 'status';
  /** How many rollouts there are to be. */
  count: number;
  /** They are followed to their end. */
  followed: boolean;
}

/** A line of JSON an event. */
export function makeJsonView({ stdout, stderr }: Streams): RolloutView {
  return {
    show: (event) => stdout.write(`${formatJson(event)}\n`),
    warn: (text) => stderr.write(formatWarning(text)),
    end: () => undefined,
  };
}

/** A sentence an event, unless it says nothing new. */
export function makeLineView({ stdout, stderr }: Streams, options: RolloutViewOptions): RolloutView {
  const renderEvent = makeEventLine(options);
  return {
    show(event) {
      const { text, result } = renderEvent(event);
      (result ? stdout : stderr).write(text);
    },
    warn: (text) => stderr.write(formatWarning(text)),
    end: () => undefined,
  };
}

/** A warning as it stands on standard error. */
export function formatWarning(text: string): string {
  return `warning: ${escapeLines(text)}\n`;
}
