import type { StatusItem } from '../../src/types.ts';
import { SECRET_MARKER } from './fault-shop.ts';
import type { CommandResult } from './run-command.ts';

/** What no output may hold, whatever went wrong. */
export function checkOutput(words: string, { code, stdout, stderr }: CommandResult): string[] {
  const output = stdout + stderr;
  const secrets = [SECRET_MARKER, Buffer.from(SECRET_MARKER).toString('base64').slice(0, -4)];
  return [
    ...(secrets.some((secret) => output.includes(secret)) ? [`${words}: a value of a Secret is told`] : []),
    ...(/^\s+at .*[:(]|this is a bug/m.test(output) ? [`${words}: a stack trace is told`] : []),
    ...(code === 2 && stderr === '' ? [`${words}: refused without a word`] : []),
  ];
}

/** The values of an output of one JSON value a line. */
export function readLines<T>(stdout: string): T[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** What a watch has told last of each use. */
export function readState(stdout: string): StatusItem[] {
  const state = new Map<string, StatusItem>();
  for (const event of readLines<StatusItem & { change: string }>(stdout)) {
    const key = [event.workload.kind, event.workload.name, event.config.kind, event.config.name, event.at].join(' ');
    if (event.change === 'deleted') state.delete(key);
    else state.set(key, event);
  }
  return [...state.values()];
}
