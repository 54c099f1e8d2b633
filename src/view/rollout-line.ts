import type { RolloutEvent } from '../types.ts';
import { formatResourceName } from './object-name.ts';
import { escapeControls } from './text.ts';

/** What is said of an event: a line, or more where a log stands below it. */
export interface EventLine {
  /** With a newline at the end of each line; '' when the event says nothing new to a person. */
  text: string;
  /** True for what became of a workload; false for what is on the way. */
  result: boolean;
}

/**
 * Makes the function that puts events into lines: `deployment.apps/web restarted`,
 * `deployment.apps/web: 1 of 3 updated replicas are available`, `deployment.apps/web complete in 24s`. The last lines of a failed
 * container's log stand indented below.
 * @param options.wording of a `restart` the end tells how long it took; of a `status` it is kubectl's sentence
 */
export function makeEventLine(options: {
  showNamespace: boolean;
  wording?: 'restart' | 'status';
}): (event: RolloutEvent) => EventLine {
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
        return options.wording === 'status'
          ? line(`${name}: ${message}`, true)
          : line(`${name} complete in ${Math.round((time - start) / 1000)}s`, true);
      case 'failed':
        return appendLog(line(`${name} failed: ${message}`, true), event.log ?? []);
      default:
        return phase satisfies never;
    }
  };
}

/** Tabs stand as blanks: a stack trace indents by them. */
function appendLog(line: EventLine, log: readonly string[]): EventLine {
  const lines = log.map((text) => `    ${escapeControls(text.replaceAll('\t', '    '))}\n`);
  return { ...line, text: [line.text, ...lines].join('') };
}
