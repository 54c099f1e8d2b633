import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Cluster, ExecRequest } from '../../../src/cluster/cluster.ts';
import { connect } from '../../../src/cluster/connect.ts';
import { ExecError } from '../../../src/cluster/exec-error.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { FAST_LIMITS, failure, makeEnvironment, makeFolder } from '../../support/connection.ts';

/** A connection that was switched, from the server's side. */
interface Peer {
  /** Sends a message on a channel, in so many frames. */
  say(channel: number, text: string | Buffer, frames?: number): void;
  /** Sends bytes as they are. */
  write(bytes: Buffer): void;
  end(): void;
  /** What was asked for. */
  path: string;
  received: Buffer[];
}

/** A server that switches to a WebSocket and lets a test talk on it; with `answer` it says that instead. */
async function startServer(talk: (peer: Peer) => void, answer?: string) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    socket.once('data', (head) => {
      const request = head.toString('latin1');
      const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const received: Buffer[] = [];
      socket.on('data', (chunk) => received.push(Buffer.from(chunk)));
      socket.write(answer ?? switching(accept));
      talk({
        say(channel, text, frames = 1) {
          const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
          const size = Math.ceil(payload.length / frames);
          for (let index = 0; index < frames; index++) {
            const piece = payload.subarray(index * size, (index + 1) * size);
            socket.write(frameOf(index === 0 ? 2 : 0, piece, index === frames - 1));
          }
        },
        write: (bytes) => socket.write(bytes),
        end: () => socket.end(),
        path: request.split(' ')[1] ?? '',
        received,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await using folder = await makeFolder();
  const cluster = await connect({ server: `http://127.0.0.1:${port}` }, makeEnvironment(folder.path), FAST_LIMITS);
  return {
    cluster,
    open,
    async [Symbol.asyncDispose]() {
      cluster.close();
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

const switching = (accept: string) =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n`;

function frameOf(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const head = Buffer.from([(isFinal ? 0x80 : 0) | opcode, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

const CLOSE = Buffer.from([0x88, 0x02, 0x03, 0xe8]);
const SUCCESS = '{"metadata":{},"status":"Success"}';
const exitWith = (code: string) =>
  JSON.stringify({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: code }] },
  });
const failWith = (message: string) =>
  JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code: 500 });

const run = (cluster: Cluster, request: Partial<ExecRequest> = {}) =>
  cluster.exec({ namespace: 'shop', pod: 'web-1', container: 'app', command: ['cat', 'a b', '$x'], ...request });

describe('a command in a container', () => {
  test('gives what it printed, byte for byte, and its exit code', async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    let asked = '';
    await using server = await startServer(({ say, write, path }) => {
      asked = path;
      say(1, every, 7);
      say(2, 'oh');
      say(1, 'more');
      say(3, exitWith('7'));
      write(CLOSE);
    });
    const { stdout, stderr, exitCode } = await run(server.cluster);
    expect(Buffer.from(stdout)).toEqual(Buffer.concat([every, Buffer.from('more')]));
    expect(Buffer.from(stderr).toString()).toBe('oh');
    expect(exitCode).toBe(7);
    expect(asked).toBe(
      '/api/v1/namespaces/shop/pods/web-1/exec?container=app&stdout=true&stderr=true&command=cat&command=a+b&command=%24x',
    );
  });

  test('ends well also when the connection ends without a close', async () => {
    await using server = await startServer(({ say, end }) => {
      say(1, 'x');
      say(3, SUCCESS);
      end();
    });
    expect(await run(server.cluster)).toMatchObject({ exitCode: 0 });
  });

  test('whose end is not told is a failure, not an empty result', async () => {
    await using server = await startServer(({ say, write }) => {
      say(1, 'half of it');
      write(CLOSE);
    });
    const error = await failure(run(server.cluster), ExecError);
    expect(error).toMatchObject({ kind: 'failed' });
    expect(error.message).toContain('cut before the command ended');
  });

  test('is told apart from one that the image does not have, and from a container that is gone', async () => {
    const messages = {
      'no-command': 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH',
      gone: 'container not found ("app")',
      failed: 'error dialing backend: no route to host',
    };
    for (const [kind, message] of Object.entries(messages)) {
      await using server = await startServer(({ say, write }) => {
        say(3, failWith(message));
        write(CLOSE);
      });
      expect(await failure(run(server.cluster), ExecError)).toMatchObject({ kind, message });
    }
  });

  test('answers a ping', async () => {
    let pong: Buffer | undefined;
    await using server = await startServer((peer) => {
      peer.write(Buffer.from([0x89, 0x02, 0x68, 0x69]));
      const wait = setInterval(() => {
        if (peer.received.length === 0) return;
        clearInterval(wait);
        pong = Buffer.concat(peer.received);
        peer.say(3, SUCCESS);
        peer.write(CLOSE);
      }, 5);
    });
    await run(server.cluster);
    expect(pong?.subarray(0, 2)).toEqual(Buffer.from([0x8a, 0x82]));
  });

  test('that prints without end is given up, and so is one in a million tiny pieces', async () => {
    await using server = await startServer(({ say }) => {
      for (let index = 0; index < 9; index++) say(1, Buffer.alloc(1024 * 1024));
    });
    expect(await failure(run(server.cluster), ExecError)).toMatchObject({ kind: 'too-much' });
    await using tiny = await startServer(({ say, write }) => {
      write(Buffer.concat(Array.from({ length: 200_000 }, () => Buffer.from([0x82, 0x02, 0x01, 0x78]))));
      say(3, SUCCESS);
      write(CLOSE);
    });
    expect((await run(tiny.cluster)).stdout).toHaveLength(200_000);
  });

  test('that gives no result in time is given up', async () => {
    await using server = await startServer(({ say }) => say(1, 'x'));
    const error = await failure(run(server.cluster, { timeout: 50 }), ExecError);
    expect(error).toMatchObject({ kind: 'timeout', message: 'the command gave no result within 0.05 s' });
    await waitFor(() => server.open.size === 0, 5000, 'the connection to be closed');
  });

  test('ends with the signal, and with its reason', async () => {
    await using server = await startServer(() => {});
    const stop = new AbortController();
    const outcome = run(server.cluster, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    expect((await failure(outcome, Error)).message).toBe('enough');
  });

  test('that is refused tells the words of the server', async () => {
    const status = {
      kind: 'Status',
      status: 'Failure',
      code: 404,
      reason: 'NotFound',
      message: 'pods "web-1" not found',
    };
    const body = JSON.stringify(status);
    const head = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    await using server = await startServer(() => {}, head + body);
    const error = await failure(run(server.cluster), ExecError);
    expect(error).toMatchObject({ kind: 'gone', message: 'Error from server (NotFound): pods "web-1" not found' });
  });

  test('is not run on the word of a server that did not understand', async () => {
    await using server = await startServer(() => {}, switching('no'));
    expect((await failure(run(server.cluster), ExecError)).message).toContain('does not speak the WebSocket protocol');
  });

  test('waits its turn: eight run at once', async () => {
    let most = 0;
    let running = 0;
    await using server = await startServer((peer) => {
      running++;
      most = Math.max(most, running);
      setTimeout(() => {
        running--;
        peer.say(3, SUCCESS);
        peer.write(CLOSE);
      }, 20);
    });
    await Promise.all(Array.from({ length: 24 }, () => run(server.cluster)));
    expect(most).toBe(8);
  });
});
