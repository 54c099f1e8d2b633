import { join } from 'node:path';
import { buildProbe, busyboxFolder, compileHelper, needProgram, probeFolder } from './build-probe.ts';
import type { Form } from './pod.ts';

export type FormName = 'busybox' | 'dash' | 'bash' | 'amd64' | 'arm64' | 'sanitized';

/** Builds what a form needs and says how it is run; throws a SetupError that names the package that is missing. */
export function prepareForm(name: FormName): Form {
  if (process.getuid?.() !== 0) needRoot();
  const container = compileHelper(join(import.meta.dirname, 'container.c'));
  const script = [join(probeFolder, 'probe.sh'), '/probe/probe.sh'] as const;
  switch (name) {
    case 'busybox':
      return {
        name,
        kind: 'script',
        container,
        mounts: [[busyboxFolder(), '/bin'], script],
        command: ['/probe/probe.sh'],
      };
    case 'dash':
    case 'bash':
      needProgram(name);
      return {
        name,
        kind: 'script',
        container,
        mounts: [['/usr', '/usr'], script],
        mergedUsr: true,
        command: [`/usr/bin/${name}`, '/probe/probe.sh'],
      };
    case 'amd64':
      buildProbe();
      return {
        name,
        kind: 'binary',
        container,
        mounts: [[busyboxFolder(), '/bin'], program(name)],
        command: ['/probe/probe'],
      };
    case 'arm64':
      buildProbe();
      return {
        name,
        kind: 'binary',
        container,
        mounts: [[busyboxFolder(), '/bin'], program(name), [needProgram('qemu-aarch64-static'), '/probe/qemu']],
        command: ['/probe/qemu', '/probe/probe'],
      };
    case 'sanitized':
      buildProbe('sanitized');
      return {
        name,
        kind: 'binary',
        container,
        mounts: [['/usr', '/usr'], program(name)],
        mergedUsr: true,
        command: ['/probe/probe'],
        env: { ASAN_OPTIONS: 'detect_leaks=0:exitcode=99', UBSAN_OPTIONS: 'halt_on_error=1:exitcode=99' },
      };
  }
}

function program(name: string): readonly [string, string] {
  return [join(probeFolder, `build/kubectl-reload-probe-${name}`), '/probe/probe'];
}

function needRoot(): never {
  throw new Error('The tests of the probe make mounts of their own, as a container has them: run them as root.');
}
