import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunCommand, RunResult } from '../../../src/staleness/observe.ts';
import { observeBeside } from '../../../src/staleness/observe.ts';
import {
  checkEphemeral,
  endEphemeral,
  makeEphemeralContainer,
  readEphemeralState,
} from '../../../src/staleness/observe-ephemeral.ts';
import type { Finding, Reading } from '../../../src/staleness/observe-script.ts';

const ended = (stdout: string, exitCode = 0): RunResult => ({
  result: 'ended',
  exitCode,
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
});

describe('an ephemeral container', () => {
  const make = (spec: object, status: object = {}) =>
    makeEphemeralContainer({ spec, status }, { target: 'app', image: 'tools:1', name: 'look-1' });
  const securityOf = (container: object, pod: object = {}, user?: object) => {
    const statuses = user === undefined ? [] : [{ name: 'app', user: { linux: user } }];
    const spec = { containers: [{ name: 'other' }, { name: 'app', ...container }], ...pod };
    return make(spec, { containerStatuses: statuses }).made?.securityContext;
  };
  const LEAST = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };

  test('sees the processes of its target, and ends by itself', () => {
    const { made } = make({ containers: [{ name: 'app' }] });
    expect(made).toMatchObject({ name: 'look-1', image: 'tools:1', targetContainerName: 'app' });
    const [, , script, name] = Array.isArray(made?.command) ? made.command : [];
    expect(script).toContain('while [ $n -lt 120 ]');
    expect(name).toBe('look-1');
  });

  test('runs as the user of its target, without any right', () => {
    expect(securityOf({})).toEqual(LEAST);
    expect(securityOf({ securityContext: { runAsUser: 7, runAsGroup: 8 } })).toEqual({
      ...LEAST,
      runAsUser: 7,
      runAsGroup: 8,
      runAsNonRoot: true,
    });
    const pod = { securityContext: { runAsUser: 1, runAsGroup: 2 } };
    expect(securityOf({ securityContext: { runAsUser: 7 } }, pod)).toMatchObject({ runAsUser: 7, runAsGroup: 2 });
    // What the kubelet tells counts: the image may say whom it runs as.
    expect(securityOf({}, pod, { uid: 9, gid: 0 })).toMatchObject({ runAsUser: 9, runAsGroup: 0, runAsNonRoot: true });
  });

  test('may do as much as its target where that is root: less may not look into it', () => {
    const as = (securityContext: object) => securityOf({ securityContext: { runAsUser: 0, ...securityContext } });
    const seccompProfile = { type: 'RuntimeDefault' };
    expect(as({})).toEqual({ runAsUser: 0, seccompProfile });
    const capabilities = { drop: ['ALL'], add: ['CHOWN'] };
    expect(as({ capabilities, allowPrivilegeEscalation: false })).toEqual({
      runAsUser: 0,
      capabilities,
      allowPrivilegeEscalation: false,
      seccompProfile,
    });
    expect(as({ privileged: true })).toEqual({
      runAsUser: 0,
      capabilities: { add: ['SYS_PTRACE'] },
      seccompProfile,
    });
  });

  test('is none where processes are shared: the first one is not the target', () => {
    for (const spec of [{ shareProcessNamespace: true }, { hostPID: true }]) {
      expect(make({ containers: [{ name: 'app' }], ...spec })).toMatchObject({ made: null });
    }
  });

  test('runs, or waits, or will never run', () => {
    const read = (state: object) =>
      readEphemeralState({ status: { ephemeralContainerStatuses: [{ name: 'look-1', state }] } }, 'look-1');
    expect(read({ running: { startedAt: 'x' } })).toEqual({ state: 'running' });
    expect(read({ waiting: { reason: 'ErrImagePull', message: 'no such host' } })).toEqual({
      state: 'waiting',
      final: false,
      why: 'ErrImagePull: no such host',
    });
    for (const reason of ['ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError']) {
      expect(read({ waiting: { reason } })).toEqual({ state: 'waiting', final: true, why: reason });
    }
    expect(read({ terminated: { reason: 'StartError', message: 'exec: "sh": not found' } })).toEqual({
      state: 'waiting',
      final: true,
      why: 'it ended at once, StartError: exec: "sh": not found',
    });
    expect(readEphemeralState({ status: {} }, 'look-1')).toMatchObject({ state: 'waiting', final: false });
    expect(readEphemeralState(undefined, 'look-1')).toMatchObject({ final: true, why: 'the pod is gone' });
  });

  test.each([
    ['open\n', null],
    ['own\n', 'does not show an ephemeral container the processes'],
    ['closed 65534\n', 'permission denied: the ephemeral container may not look into processes of user 65534'],
    ['', 'lacks cat'],
  ])('that says %j is good, or tells why not', async (stdout, why) => {
    const trouble = await checkEphemeral(async () => ended(stdout), 'look-1');
    if (why === null) expect(trouble).toBeNull();
    else expect(trouble).toContain(why);
  });

  test('without a shell, or without an answer, tells that', async () => {
    expect(await checkEphemeral(async () => ({ result: 'no-command' }), 'x')).toContain('has no sh');
    expect(await checkEphemeral(async () => ({ result: 'late', message: 'late' }), 'x')).toBe('late');
  });

  test('is ended by its own command line, and nothing else is', async () => {
    const kill = (name: string) =>
      endEphemeral(async ([program = '', ...args]) => {
        const { status, stdout, stderr } = spawnSync(program, args);
        return { result: 'ended', exitCode: status ?? -1, stdout, stderr };
      }, name);
    const { made } = make({ containers: [] });
    const [program = '', ...args] = Array.isArray(made?.command) ? made.command.map(String) : [];
    const start = (name: string) => Bun.spawn([program, ...args.slice(0, -1), name]);
    const [first, second] = [start('look-test-a1'), start('look-test-a2')];
    await kill('look-test-a1');
    expect(await first.exited).toBe(0);
    expect(second.exitCode).toBeNull();
    await kill('look-test-a2');
    expect(await second.exited).toBe(0);
  });
});

describe('a look from beside', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'kubectl-reload-beside-'));
    mkdirSync(join(root, 'real/v/..2026'), { recursive: true });
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'real/v/..2026/LEVEL'), 'info');
    symlinkSync('..2026', join(root, 'real/v/..data'));
    symlinkSync('..data/LEVEL', join(root, 'real/v/LEVEL'));
    // A link to this same place outside would be followed by the kernel to a file of ours.
    symlinkSync('/real', join(root, 'absolute'));
    symlinkSync('absolute/v', join(root, 'twice'));
    symlinkSync('/real', join(root, 'a/b/deep'));
    symlinkSync('../../real/../absolute/.', join(root, 'a/b/up'));
    symlinkSync('../../../../../../real', join(root, 'a/b/beyond'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('/etc/passwd', join(root, 'out'));
    utimesSync(join(root, 'real/v/..2026/LEVEL'), 1_700_000_000, 1_700_000_000);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Runs the script with our folder for the root of the first process, and this environment for its own. */
  const runHere = (shell: readonly string[], environ = 'PATH=/bin\0LEVEL=info\0'): RunCommand => {
    writeFileSync(join(root, 'environ'), environ);
    return async ([, flag = '', script = '', ...args]) => {
      const [program = '', ...rest] = shell;
      const ours = script.replaceAll('/proc/1/root', root).replaceAll('/proc/$e/environ', join(root, 'environ'));
      const { status, stdout, stderr } = spawnSync(program, [...rest, flag, ours, ...args]);
      return { result: 'ended', exitCode: status ?? -1, stdout, stderr };
    };
  };
  const text = (finding: Finding) =>
    finding.found === 'bytes' ? Buffer.from(finding.bytes).toString('latin1') : finding.found;
  const look = async (run: RunCommand, readings: Reading[]) => {
    const observation = await observeBeside(run, readings);
    return observation.seen === 'findings' ? observation.findings.map(text) : observation.why;
  };
  const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(([program = '']) => Bun.which(program) !== null);

  test.each(SHELLS)('follows links as the target would, with %s', async (...shell) => {
    const file = (path: string): Reading => ({ read: 'file', path });
    const found = await look(runHere(shell), [
      file('/real/v/LEVEL'),
      file('/absolute/v/LEVEL'),
      file('/twice/LEVEL'),
      file('/a/b/deep/v/LEVEL'),
      file('/a/b/up/v/LEVEL'),
      file('/a/b/beyond/v/LEVEL'),
      file('//real/./v//LEVEL'),
      file('/loop/LEVEL'),
      // What it links to is there for us, and not for the target.
      file('/out'),
      file('/absolute/v'),
      file('/absolute/none'),
      { read: 'names', path: '/twice' },
      { read: 'environment' },
    ]);
    expect(found).toEqual([
      ...Array(7).fill('info'),
      'unreadable',
      'unreadable',
      'folder',
      'nothing',
      '/LEVEL\n',
      'PATH=/bin\0LEVEL=info\0',
    ]);
  });

  test('dates the link itself', async () => {
    const [link = '', file = ''] = await look(runHere(['sh']), [
      { read: 'time', path: '/twice/..data' },
      { read: 'time', path: '/real/v/..2026/LEVEL' },
    ]);
    expect(file).toMatch(/^2023-11-14 22:13:20/);
    expect(link).not.toMatch(/^2023/);
  });

  test('takes no environment that a program has written its title over', async () => {
    for (const environ of ['', '\0\0\0', 'nginx: master process\0\0']) {
      expect(await look(runHere(['sh'], environ), [{ read: 'environment' }])).toEqual(['unreadable']);
    }
  });

  test('that fails says why, and is no word on the image of the target', async () => {
    expect(await look(async () => ({ result: 'no-command' }), [])).toBe(
      'the image of the ephemeral container has no sh',
    );
    expect(await look(async () => ended('half'), [{ read: 'environment' }])).toContain('did not get to its end');
    expect(await observeBeside(async () => ({ result: 'failed', message: 'cut' }), [])).toEqual({
      seen: 'nothing',
      why: 'cut',
      isRefused: false,
      isOfImage: false,
    });
  });
});
