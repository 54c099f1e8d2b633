/** A program that a command runs ends with the command, also when it refuses: exec plugins, kubectl kustomize, the external diff. */
import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../cluster/wait-for.ts';
import { kubeconfigFor, makeFolder } from '../../support/connection.ts';
import { sendJson, startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

const LONG = 60_000;
/** Takes no signal but the one that none can refuse. */
const REFUSE = `#!/bin/sh
trap '' INT TERM HUP
cd "\${0%/*}" && echo $$ > part && mv part pid
while :; do sleep 0.1; done
`;
const PLUGIN = '{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./kubectl, interactiveMode: Never}}';

test.each([
  ['an exec plugin', 'status'],
  ['kubectl kustomize', 'deps -k .'],
  ['an external diff', 'diff -f config-map.json --token=t'],
])(
  'a command that is interrupted leaves nothing behind of %s that refuses to end',
  async (_, line) => {
    await using server = await startRecordingServer(({ path }, response) =>
      sendJson(response, path.endsWith('s') ? { metadata: {}, items: [] } : { metadata: { name: 'a' }, data: {} }),
    );
    await using folder = await makeFolder();
    const program = await folder.write('kubectl', REFUSE, 0o700);
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 'value' } };
    await folder.write('config-map.json', JSON.stringify(object));
    const kubeconfig = await folder.write('config', kubeconfigFor(server, PLUGIN));
    const interruption = new AbortController();
    const ended = runCommand(line, {
      kubeconfig,
      cwd: folder.path,
      env: { PATH: `${folder.path}:${process.env['PATH']}`, TMPDIR: folder.path, KUBECTL_EXTERNAL_DIFF: program },
      interrupted: interruption.signal,
    });
    const file = join(folder.path, 'pid');
    await waitFor(() => existsSync(file), LONG, 'the program to begin');
    const pid = Number(readFileSync(file, 'utf8'));
    expect(process.kill(pid, 0)).toBe(true);
    interruption.abort('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  },
  LONG,
);

test('an exec plugin that prints without end is ended', async () => {
  await using server = await startRecordingServer();
  await using folder = await makeFolder();
  await folder.write('kubectl', '#!/bin/sh\nexec cat /dev/zero\n', 0o700);
  const kubeconfig = await folder.write('config', kubeconfigFor(server, PLUGIN));
  const { code, stderr } = await runCommand('status', { kubeconfig, cwd: folder.path });
  const plugin = join(folder.path, 'kubectl');
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    `error: getting credentials: exec: executable ${plugin} prints more than 4 MiB`,
  ]);
  expect(server.requests).toEqual([]);
});
