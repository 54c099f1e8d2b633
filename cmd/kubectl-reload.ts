#!/usr/bin/env node
import { homedir } from 'node:os';
import { ExitCode } from '../src/error.ts';
import { openOutput } from './output.ts';
import { COMPLETE, run } from './run.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort(signal));
}

const stop = (error: NodeJS.ErrnoException): never =>
  // A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
  process.exit(error.code === 'EPIPE' ? ExitCode.ok : ExitCode.refused);
const stderr = openOutput('stderr', stop);
const stdout = openOutput('stdout', (error) => {
  if (error.code !== 'EPIPE') stderr.write(`error: the output cannot be written: ${error.message}\n`);
  stop(error);
});

const argv = process.argv.slice(2);
// kubectl completes by a program of this name, which on Windows has to be one: there it is a link to this one. Only argv0 tells.
if (/(^|[/\\])kubectl_complete-reload(\.exe)?$/i.test(process.argv0)) argv.unshift(COMPLETE);
process.exitCode = await run(argv, {
  // Made only where it is read, for it takes long.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  env: process.env,
  cwd: process.cwd(),
  homedir: homedir(),
  now: () => new Date(),
  interrupted: interruption.signal,
});

// What was asked for names may not have answered, and would keep the process, and with it the shell, waiting.
if (argv[0] === COMPLETE) {
  // On Windows what was written may still be on its way.
  if (process.platform === 'win32') process.stdout.write('', () => process.exit());
  else process.exit();
}
