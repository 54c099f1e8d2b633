import { describe, expect, test } from 'bun:test';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { findProxy } from '../../../src/cluster/proxy.ts';
import { createAuthority } from '../../cluster/certificate.ts';
import { connectTo, failure } from '../../support/connection.ts';
import { sendJson, startProxy, startRecordingServer, startSocksProxy } from '../../support/recording-server.ts';

const find = (server: string, env: Record<string, string>) => findProxy(new URL(server), env)?.href;

describe('the proxy of the environment', () => {
  test.each([
    ['https://k:6443', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://k:6443', { https_proxy: 'p:1' }, 'http://p:1/'],
    ['https://k:6443', { HTTPS_PROXY: 'socks5://p:1', https_proxy: 'http://q' }, 'socks5://p:1'],
    ['https://k:6443', { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }, undefined],
    ['http://k', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
  ])('for %s with %j is %s', (server, env, proxy) => {
    expect(find(server, env)).toBe(proxy);
  });

  test.each(['https://localhost', 'https://127.0.0.1:6443', 'https://127.8.8.8', 'https://[::1]:6443'])(
    'is never used for %s',
    (server) => {
      expect(find(server, { HTTPS_PROXY: 'http://p:1' })).toBeUndefined();
    },
  );

  test.each([
    ['https://api.example.com', '*', true],
    ['https://api.example.com', 'example.com', true],
    ['https://example.com', 'example.com', true],
    ['https://example.com', '.example.com', false],
    ['https://api.example.com', ' x , .EXAMPLE.com ', true],
    ['https://api.example.com', '*.example.com', true],
    ['https://notexample.com', 'example.com', false],
    ['https://api.example.com:6443', 'example.com:6443', true],
    ['https://api.example.com:6443', 'example.com:443', false],
    ['https://api.example.com', 'example.com:443', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['https://[fd00::1]:6443', 'fd00::/8', true],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
    ['https://10.1.2.3', '.3', false],
    ['https://api.example.com', ',,', false],
  ])('for %s is left out by NO_PROXY=%s: %p', (server, exceptions, isLeftOut) => {
    expect(find(server, { HTTPS_PROXY: 'http://p:1', NO_PROXY: exceptions }) === undefined).toBe(isLeftOut);
    expect(find(server, { HTTPS_PROXY: 'http://p:1', no_proxy: exceptions }) === undefined).toBe(isLeftOut);
  });
});

describe('through a proxy', () => {
  const path = '/api/v1/pods';
  const viaEnvironment = (proxy: string) => ({ env: { HTTPS_PROXY: proxy } });
  const remote = (port: number) => ({ server: `https://kube.test:${port}`, tlsServerName: 'localhost' });

  test.each(['http', 'socks5'])('%s, connections are kept and used again', async (scheme) => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    await using proxy = await (scheme === 'http' ? startProxy() : startSocksProxy());
    using cluster = await connectTo(server, remote(server.port), viaEnvironment(`${scheme}://127.0.0.1:${proxy.port}`));
    for (let index = 0; index < 3; index++) await cluster.request({ path });
    expect(proxy.requests).toEqual([`${scheme === 'http' ? 'CONNECT' : 'SOCKS'} kube.test:${server.port}`]);
    expect(server.requests.map(({ serverName }) => serverName)).toEqual(['localhost', 'localhost', 'localhost']);
  });

  test('over TLS, the proxy is known by the same authority', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    await using proxy = await startProxy({ tls: server.authority });
    await using stranger = await startProxy({ tls: createAuthority('another') });
    using cluster = await connectTo(server, remote(server.port), viaEnvironment(`https://127.0.0.1:${proxy.port}`));
    for (let index = 0; index < 3; index++) await cluster.request({ path });
    expect(proxy.requests).toEqual([`CONNECT kube.test:${server.port}`]);
    using other = await connectTo(server, remote(server.port), viaEnvironment(`https://127.0.0.1:${stranger.port}`));
    expect((await failure(other.request({ path }), ConnectionError)).kind).toBe('proxy');
    expect(stranger.requests).toEqual([]);
  });

  test('the certificate of the server is checked all the same', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    await using proxy = await startProxy();
    const options = { server: `https://kube.test:${server.port}` };
    using cluster = await connectTo(server, options, viaEnvironment(`http://127.0.0.1:${proxy.port}`));
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect(error.message).toContain('certificate is valid for localhost, not kube.test');
    expect(server.requests).toEqual([]);
  });

  test('a refusal of the proxy is said, without its password', async () => {
    await using server = await startRecordingServer();
    await using proxy = await startProxy({ refuse: 407 });
    using cluster = await connectTo(
      server,
      remote(server.port),
      viaEnvironment(`http://me:s3cret@127.0.0.1:${proxy.port}`),
    );
    const error = await failure(cluster.request({ method: 'POST', path, body: {} }), ConnectionError);
    expect(error.message).toBe(
      `Unable to connect to the server: proxy http://127.0.0.1:${proxy.port}: it answered 407 No`,
    );
    expect([error.kind, error.sent]).toEqual(['proxy', false]);
  });

  test('a percent sign in its password that begins no escape is sent as it is', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    await using proxy = await startProxy();
    const url = `http://me:100%@127.0.0.1:${proxy.port}`;
    using cluster = await connectTo(server, remote(server.port), viaEnvironment(url));
    await cluster.request({ path });
    expect(proxy.requests).toEqual([`CONNECT kube.test:${server.port} as me:100%`]);
  });

  test.each(['http', 'socks5'])('a %s proxy that is not there is named', async (scheme) => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server, remote(server.port), viaEnvironment(`${scheme}://127.0.0.1:1`));
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect(error.message).toStartWith(`Unable to connect to the server: proxy ${scheme}://127.0.0.1:1: `);
    expect(error.kind).toBe('proxy');
  });
});
