import { expect } from 'bun:test';
import { createHash } from 'node:crypto';
import type { Files } from './atomic-volume.ts';
import type { FormName } from './forms.ts';
import type { Container, Form, Pod, RunOptions } from './pod.ts';

export interface Scene {
  readonly pod: Pod;
  readonly form: Form;
  /** One more Pod, with this UID. */
  readonly newPod: (uid?: string) => Pod;
}

export interface Case {
  readonly title: string;
  /** Forms that it is about; all of them if not given. */
  readonly only?: readonly FormName[];
  readonly play: (scene: Scene) => Promise<void>;
}

export const scripts: readonly FormName[] = ['busybox', 'dash', 'bash'];
export const binaries: readonly FormName[] = ['amd64', 'arm64', 'sanitized'];

/** The container runs what is mounted: exit 0, nothing to say. */
export function expectQuiet(container: Container, args: readonly string[], options?: RunOptions): void {
  expect(container.probe(args, options)).toEqual({ code: 0, said: '' });
}

/** Restart: exit 1 with just these reasons, which stand in the termination log too. */
export function expectChanged(
  container: Container,
  args: readonly string[],
  reasons: string,
  options?: RunOptions,
): void {
  const line = `config changed: ${reasons}\n`;
  expect(container.probe(args, options)).toEqual({ code: 1, said: line });
  expect(container.terminationLog).toEndWith(line);
}

/** No restart, and why. */
export function expectNote(container: Container, args: readonly string[], line: string, options?: RunOptions): void {
  expect(container.probe(args, options)).toEqual({ code: 0, said: `${line}\n` });
}

/** The hash of a volume with these files, as README.md defines it. */
export function hashOf(files: Files): string {
  const sum = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
  const paths = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sum(paths.map((path) => `${sum(files[path] ?? '')}  ${path}\n`).join(''));
}
