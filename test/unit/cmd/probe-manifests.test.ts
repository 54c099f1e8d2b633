import { expect, test } from 'bun:test';
import { runCommand } from '../../support/run-command.ts';

const deployment = (name: string, volumes = 'volumes: [{name: c, configMap: {name: web}}]') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - name: app
          image: local/busybox:1
          volumeMounts: [{name: c, mountPath: /etc/web}]
      ${volumes}
`;
/** A part of its pod template is written elsewhere, and once. */
const SHARED = deployment('shared', 'volumes: *v').replace(
  'metadata:\n',
  'metadata:\n  annotations: {}\nx: &v [{name: c, configMap: {name: web}}]\nmetadata:\n'.replace(
    /^metadata:\n.*\n/,
    '',
  ),
);
const INJECT = 'probe inject -f - -o yaml --form script';

test('a workload that cannot be changed where it stands is told, and the others are changed', async () => {
  const { code, stdout, stderr } = await runCommand(INJECT, {
    stdin: `${deployment('a')}---\n${SHARED}---\n${deployment('z')}`,
  });
  expect(stderr).toContain('deployment/shared');
  expect(stderr).toContain('stdin: document 2, line 14: it cannot be changed where it stands');
  expect(stderr).toEndWith('the probe is put into 2 workloads\n');
  expect(stdout.split('---\n')[1]).toBe(SHARED);
  expect([code, stdout.match(/livenessProbe:/g)?.length]).toEqual([0, 2]);
});

test.each(['a named one', 'the only one'])('where that is %s, nothing is printed and it is refused', async (which) => {
  const isNamed = which === 'a named one';
  const { code, stdout, stderr } = await runCommand(`${INJECT}${isNamed ? ' deploy/shared deploy/a' : ''}`, {
    stdin: isNamed ? `${deployment('a')}---\n${SHARED}` : SHARED,
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('it cannot be changed where it stands');
});

test('what inject put into a text, eject takes out, to the last letter', async () => {
  for (const text of [
    deployment('a'),
    `\ufeff${deployment('a')}`,
    `\ufeff${deployment('a')}`.replaceAll('\n', '\r\n'),
  ]) {
    const injected = await runCommand(`${INJECT} --config-map=false`, { stdin: text });
    expect(injected.stdout).toContain('livenessProbe');
    const back = await runCommand('probe eject -f - -o yaml', { stdin: injected.stdout });
    expect(back).toMatchObject({ code: 0, stdout: text });
    const short = await runCommand('probe eject -f - -o yaml', { stdin: injected.stdout.trimEnd() });
    expect(short.stdout).toBe(text.trimEnd());
  }
});
