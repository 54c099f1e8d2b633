import { expect, test } from 'bun:test';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

const HOSTILE = '\x1b[2J\x9b31m\u202e\r\x07';
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test('the words of a server that refuses are spelt out, line by line', async () => {
  await using server = await startRecordingServer(
    (_, response) => sendStatus(response, 403, 'Forbidden', `no${HOSTILE}\nnever`),
    { tls: false },
  );
  const { code, stdout, stderr } = await runCommand(`status -n shop -s ${server.url}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toStartWith('Error from server (Forbidden): no\\x1b[2J\\x9b31m\\u202e\\r\\x07\nnever\n');
});

test('so are those of one that refuses a part, and every request that is told of', async () => {
  await using server = await startRecordingServer(
    ({ path }, response) =>
      path.endsWith('/secrets')
        ? sendStatus(response, 403, 'Forbidden', `no${HOSTILE}`)
        : sendJson(response, { metadata: {}, items: [] }),
    { tls: false },
  );
  const { code, stderr } = await runCommand(`status -v -n shop -s ${server.url}`);
  expect(code).toBe(0);
  expect(stderr).toContain('warning: nothing is said of any Secret: Error from server (Forbidden): no\\x1b[2J');
  expect(UNSAFE.exec(stderr)?.[0]).toBeUndefined();
});
