import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buildProbe, needProgram, probeFolder } from './build-probe.ts';

/** What a server does with the request it got. */
type Reply = (socket: Socket, request: string) => void;

const servers: Server[] = [];

async function serve(reply: Reply, host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    let request = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      request += chunk;
      if (request.endsWith('\r\n\r\n')) reply(socket, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

const answer =
  (status: string): Reply =>
  (socket) =>
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);

const forms: readonly (readonly [string, () => readonly string[]])[] = [
  ['amd64', () => [join(probeFolder, 'build/kubectl-reload-http-amd64')]],
  ['arm64', () => [needProgram('qemu-aarch64-static'), join(probeFolder, 'build/kubectl-reload-http-arm64')]],
  ['sanitized', () => [join(probeFolder, 'build/kubectl-reload-http-sanitized')]],
];

describe.each(forms)('kubectl-reload-http as %s', (_name, command) => {
  beforeAll(() => buildProbe('all', 'sanitized'), 120_000);
  afterAll(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function get(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const [program = '', ...before] = command();
    const child = spawn(program, [...before, ...args], {
      env: { ASAN_OPTIONS: 'detect_leaks=0:exitcode=99', UBSAN_OPTIONS: 'exitcode=99' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
      });
    }
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, said };
  }

  test('is content with status 200 to 399, and with no other', async () => {
    for (const status of ['200 OK', '204 No Content', '302 Found', '399 x']) {
      expect(await get(`${await serve(answer(status))}/healthz`)).toEqual({ code: 0, said: '' });
    }
    for (const status of ['400 Bad Request', '404 Not Found', '500 x', '503 x', '199 x', '999 x']) {
      const said = `HTTP check failed: status ${status.slice(0, 3)}\n`;
      expect(await get(`${await serve(answer(status))}/healthz`)).toEqual({ code: 1, said });
    }
  });

  test('asks for the path as it is, in HTTP/1.1', async () => {
    let seen = '';
    const port = await serve((socket, request) => {
      seen = request;
      answer('200 OK')(socket, request);
    });
    expect(await get(`${port}/a/b?c=%20d&e=$f`)).toEqual({ code: 0, said: '' });
    expect(seen).toBe(
      `GET /a/b?c=%20d&e=$f HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: kube-probe/kubectl-reload\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });

  test('reads an answer that comes byte by byte, and one that is long', async () => {
    const slow = await serve((socket) => {
      const bytes = [...'HTTP/1.0 200 OK\r\n\r\n'];
      const next = () => {
        const byte = bytes.shift();
        if (byte === undefined) socket.end();
        else socket.write(byte, () => setImmediate(next));
      };
      next();
    });
    expect(await get(`${slow}/`, '60')).toEqual({ code: 0, said: '' });
    const long = await serve((socket) => socket.end(`HTTP/1.1 500 x\r\n\r\n${'x'.repeat(1 << 20)}`));
    expect(await get(`${long}/`)).toEqual({ code: 1, said: 'HTTP check failed: status 500\n' });
  });

  test('nobody there, no answer in time, or something else than HTTP: the check failed', async () => {
    const gone = await serve(answer('200 OK'));
    servers.pop()?.close();
    const silent = await serve(() => {});
    const dripping = await serve((socket) => {
      const timer = setInterval(() => socket.write('x'.repeat(0) || 'H'), 300);
      socket.on('close', () => clearInterval(timer));
    });
    const closing = await serve((socket) => socket.destroy());
    const garbage = await serve((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'));
    const short = await serve((socket) => socket.end('HTTP/1.1 20'));
    for (const port of [gone, silent, dripping, closing, garbage, short]) {
      const said = `HTTP check failed: no answer from port ${port}\n`;
      expect(await get(`${port}/`, '1')).toEqual({ code: 1, said });
    }
  });

  test('reaches a server that listens on IPv6 only', async () => {
    expect(await get(`${await serve(answer('200 OK'), '::1')}/`)).toEqual({ code: 0, said: '' });
  });

  test('a bad argument is said and is exit 0', async () => {
    const said = 'cannot tell: kubectl-reload-http PORT/PATH [SECONDS]\n';
    const bad = [
      [],
      [''],
      ['80'],
      ['/x'],
      ['x/y'],
      ['0/'],
      ['65536/'],
      ['080/'],
      ['999999/'],
      ['80/a b'],
      ['80/a\r\nb'],
      ['80/ä'],
    ];
    for (const args of [...bad, ['80/', '0'], ['80/', '61'], ['80/', 'x'], ['80/', ''], [`80/${'x'.repeat(2001)}`]]) {
      expect({ args, ...(await get(...args)) }).toEqual({ args, code: 0, said });
    }
  });
});
