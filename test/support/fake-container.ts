import { createHash } from 'node:crypto';
import type { RunCommand } from '../../src/staleness/observe.ts';

/** A container with a shell, as far as the script that looks into containers can tell. */
export interface FakeContainer {
  environment?: Record<string, string | Uint8Array>;
  /** By path; `null` for a folder. */
  files?: Record<string, string | Uint8Array | null>;
  /** Of links and files, as `stat` prints them. */
  times?: Record<string, string>;
}

/** Answers the script for a container, or whatever else a test wants. @param onRun is called before each command */
export function runInFake({ environment = {}, files = {}, times = {} }: FakeContainer, onRun?: () => void): RunCommand {
  const answer = (word: string): [found: string, bytes: string | Uint8Array, status: number] => {
    const path = word.slice(1);
    const file = files[path];
    switch (word[0]) {
      case 'e':
        return ['bytes', join(Object.entries(environment).flatMap(([name, value]) => [`${name}=`, value, '\0'])), 0];
      case 'f':
        if (file === undefined) return ['nothing', '', 0];
        return file === null ? ['folder', '', 0] : ['bytes', file, 0];
      case 'n': {
        const names = Object.keys(files).filter((name) => name.startsWith(`${path}/`) && files[name] !== null);
        return ['bytes', names.map((name) => `/${name.slice(path.length + 1)}\n`).join(''), 0];
      }
      case 's': {
        const sums = Object.entries(files).map(([name, bytes]) =>
          bytes === null || !name.startsWith(`${path}/`) ? '' : `${sum(bytes)}  .${name.slice(path.length)}\n`,
        );
        return ['bytes', sums.join(''), 0];
      }
      default:
        return ['bytes', times[path] ?? '', times[path] === undefined ? 1 : 0];
    }
  };
  return async ([, , , , boundary = '', ...words]) => {
    onRun?.();
    const stdout = words
      .map(answer)
      .map(([found, bytes, status]) => join([`${boundary} ${found}\n`, bytes, `\n${boundary} ${status}\n`]));
    return { result: 'ended', exitCode: 0, stdout: join(stdout), stderr: Buffer.alloc(0) };
  };
}

function sum(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function join(parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}
