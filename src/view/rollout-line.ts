import type { RolloutEvent } from '../types.ts';
import { formatResourceName } from './object-name.ts';
import { escapeControls } from './text.ts';

/** One line about a rollout. */
export interface EventLine {
  /** With a newline at its end; '' when the event says nothing new to a person. */
  text: string;
  /** True for what became of a workload; false for what is on the way. */
  result: boolean;
}

/**
 * Makes the function that puts events into lines as kubectl would: `deployment.apps/web restarted`,
 * `deployment.apps/web: 1 of 3 updated replicas are available`, `deployment.apps/web complete in 24s`.
 */
export function makeEventLine(options: { showNamespace: boolean }): (event: RolloutEvent) => EventLine {
  const begun = new Map<string, number>();
  const last = new Map<string, string>();
  return (event) => {
    const { workload, phase, message } = event;
    const name = `${options.showNamespace ? `${workload.namespace}/` : ''}${formatResourceName(workload)}`;
    const time = Date.parse(event.time);
    const start = begun.get(name) ?? time;
    begun.set(name, start);
    const line = (text: string, result: boolean): EventLine => {
      if (last.get(name) === text) return { text: '', result };
      last.set(name, text);
      return { text: `${escapeControls(text)}\n`, result };
    };
    switch (phase) {
      case 'waiting':
        return message === 'restarted' ? line(`${name} restarted`, true) : line(`${name}: ${message}`, false);
      case 'progressing':
        return line(`${name}: ${message}`, false);
      case 'complete':
        return line(`${name} complete in ${Math.round((time - start) / 1000)}s`, true);
      case 'failed':
        return line(`${name} failed: ${message}`, true);
      default:
        return phase satisfies never;
    }
  };
}
