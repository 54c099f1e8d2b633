/** What is typed may match nothing that there is: every command says so, and none that all is well. */
import { expect, test } from 'bun:test';
import { sendJson, startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

const WEB = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u', labels: { app: 'web' } },
  spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [] } } },
};

test.each([
  ['status -l app=other', 'No workload in namespace shop matches the selector app=other.\n'],
  ['status sts', 'There is no sts in namespace shop.\n'],
  ['status cm -l app=other', 'No cm in namespace shop matches the selector app=other.\n'],
  ['deps -l app=other', 'No workload in namespace shop matches the selector app=other.\n'],
  ['diff -l app=other', 'No workload in namespace shop matches the selector app=other.\n'],
  ['restart sts --yes', 'nothing to restart: there is no sts in namespace shop\n'],
  ['probe inject -l app=other', 'nothing to inject: no workload in namespace shop matches the selector app=other\n'],
  // What matches is spoken of as ever.
  ['status -l app=web', 'No container uses a ConfigMap or Secret here.\n'],
])('%s', async (line, expected) => {
  await using server = await startRecordingServer(
    ({ path }, response) => sendJson(response, { metadata: {}, items: path.endsWith('/deployments') ? [WEB] : [] }),
    { tls: false },
  );
  expect(await runCommand(`${line} -n shop -s ${server.url}`)).toEqual({ code: 0, stdout: '', stderr: expected });
});
