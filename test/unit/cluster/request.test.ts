import { describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { ApiError } from '../../../src/cluster/api-error.ts';
import { ConnectionError, explainFailure } from '../../../src/cluster/connection-error.ts';
import { ReloadError } from '../../../src/error.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { connectTo, FAST_LIMITS, failure } from '../../support/connection.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const path = '/api/v1/namespaces/shop/configmaps';

describe('a request', () => {
  test('carries token, user agent and query, and gives parsed JSON', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, { a: [1] }));
    using cluster = await connectTo(server);
    expect(await cluster.request<unknown>({ path, query: { labelSelector: 'a=b,c', limit: undefined } })).toEqual({
      a: [1],
    });
    const [request] = server.requests;
    expect(request?.path).toBe(path);
    expect(request?.query).toEqual({ labelSelector: 'a=b,c' });
    expect(request?.headers.authorization).toEqual(['Bearer secret-token']);
    expect(request?.headers['user-agent']?.[0]).toMatch(/^kubectl-reload\/\d+\.\d+\.\d+$/);
    expect(request?.headers.accept).toEqual(['application/json']);
  });

  test('sends a body with its content type', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    using cluster = await connectTo(server);
    await cluster.request({
      method: 'PATCH',
      path,
      body: { ä: '€' },
      contentType: 'application/strategic-merge-patch+json',
    });
    expect(server.requests[0]?.method).toBe('PATCH');
    expect(server.requests[0]?.body).toBe('{"ä":"€"}');
    expect(server.requests[0]?.headers['content-type']).toEqual(['application/strategic-merge-patch+json']);
  });

  test('reads gzip, unless compression is off', async () => {
    await using server = await startRecordingServer(({ headers }, response) => {
      const text = JSON.stringify({ encoding: headers['accept-encoding'] });
      const isGzip = headers['accept-encoding']?.includes('gzip') ?? false;
      response.writeHead(200, { 'content-type': 'application/json', ...(isGzip && { 'content-encoding': 'gzip' }) });
      response.end(isGzip ? gzipSync(text) : text);
    });
    using cluster = await connectTo(server);
    using plain = await connectTo(server, { disableCompression: true });
    expect(await cluster.request<unknown>({ path })).toEqual({ encoding: ['gzip'] });
    expect(await plain.request<unknown>({ path })).toEqual({ encoding: ['identity'] });
  });

  test('uses one connection again and again', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    using cluster = await connectTo(server);
    for (let index = 0; index < 10; index++) await cluster.request({ path });
    expect(server.connections()).toBe(1);
    await Promise.all(Array.from({ length: 4 }, () => cluster.request({ path })));
    expect(server.connections()).toBeLessThanOrEqual(4);
  });

  test('hands over the texts of Warning headers', async () => {
    await using server = await startRecordingServer((_, response) => {
      response.setHeader('Warning', ['299 - "old \\"API\\""', '199 - "not this", 299 - "second"']);
      sendJson(response, {});
    });
    using cluster = await connectTo(server);
    const warnings: string[] = [];
    await cluster.request({ path, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual(['old "API"', 'second']);
  });

  test('is traced without its credentials', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, {}));
    const traced: string[] = [];
    using cluster = await connectTo(server, {}, { trace: (line) => traced.push(line) });
    await cluster.request({ path, query: { limit: '5' } });
    expect(traced).toHaveLength(1);
    expect(traced[0]).toMatch(
      /^GET https:\/\/127\.0\.0\.1:\d+\/api\/v1\/namespaces\/shop\/configmaps\?limit=5 200 in \d+ ms$/,
    );
  });
});

describe('a refusal', () => {
  const refuse = async (code: number, reason: string, message: string) => {
    await using server = await startRecordingServer((_, response) => sendStatus(response, code, reason, message));
    using cluster = await connectTo(server);
    return await failure(cluster.request({ path }), ApiError);
  };

  test('reads as kubectl says it', async () => {
    const error = await refuse(403, 'Forbidden', 'configmaps is forbidden');
    expect(error.message).toBe('Error from server (Forbidden): configmaps is forbidden');
    expect([error.code, error.reason, error.exitCode]).toEqual([403, 'Forbidden', 2]);
    expect(error.statusMessage).toBe('configmaps is forbidden');
  });

  test('of an unknown or expired token asks to log in', async () => {
    const error = await refuse(401, 'Unauthorized', 'Unauthorized');
    expect(error.message).toBe('You must be logged in to the server (Unauthorized)');
    expect(error.hint).toBe(
      'the server does not accept a token of context "test": log in again, or choose another user',
    );
  });

  test('of an invalid object lists the causes', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendJson(
        response,
        {
          kind: 'Status',
          code: 422,
          reason: 'Invalid',
          message: 'long',
          details: {
            kind: 'Deployment',
            name: 'web',
            causes: [{ field: 'spec.x', message: 'is wrong', reason: 'FieldValueInvalid' }],
          },
        },
        422,
      ),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ method: 'PATCH', path, body: {} }), ApiError);
    expect(error.message).toBe('The Deployment "web" is invalid: spec.x: is wrong');
    expect(error.details.causes).toEqual([{ field: 'spec.x', message: 'is wrong', reason: 'FieldValueInvalid' }]);
  });

  test('without a Status body is worded from its code', async () => {
    await using server = await startRecordingServer((_, response) => response.writeHead(404).end('<html>no</html>'));
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ApiError);
    expect(error.message).toBe('Error from server (NotFound): the server could not find the requested resource');
  });

  test('in the form of a redirect is not followed', async () => {
    await using server = await startRecordingServer((_, response) =>
      response.writeHead(302, { location: '/login' }).end(),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect(error.message).toEndWith('redirects to /login');
    expect(server.requests).toHaveLength(1);
  });

  test('in the form of a login page is no answer', async () => {
    await using server = await startRecordingServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect([error.kind, error.hint]).toEqual([
      'foreign',
      'is it a Kubernetes API server, and does a login page or proxy stand before it?',
    ]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('trying again', () => {
  test('after 429 waits as long as Retry-After says', async () => {
    const times: number[] = [];
    await using server = await startRecordingServer((_, response) => {
      times.push(performance.now());
      if (times.length === 1) sendStatus(response, 429, 'TooManyRequests', 'later', { 'retry-after': '1' });
      else sendJson(response, { ok: true });
    });
    using cluster = await connectTo(server);
    expect(await cluster.request<unknown>({ path })).toEqual({ ok: true });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('is given up when the server asks for too much patience', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendStatus(response, 429, 'TooManyRequests', 'later', { 'retry-after': '3600' }),
    );
    using cluster = await connectTo(server);
    expect((await failure(cluster.request({ path }), ApiError)).retryAfter).toBe(3600);
    expect(server.requests).toHaveLength(1);
  });

  test.each([500, 502, 503, 504])('a read after %d', async (code) => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length < 3) sendStatus(response, code, 'InternalError', 'boom');
      else sendJson(response, { ok: true });
    });
    using cluster = await connectTo(server);
    expect(await cluster.request<unknown>({ path })).toEqual({ ok: true });
    expect(server.requests).toHaveLength(3);
  });

  test('a read ends after five tries', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendStatus(response, 500, 'InternalError', 'boom'),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ApiError);
    expect(error.message).toBe('Error from server (InternalError): boom');
    expect(server.requests).toHaveLength(5);
  });

  test('a read after a lost connection, before and in the answer', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length === 1) response.socket?.destroy();
      else if (server.requests.length === 2) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"half":');
        setTimeout(() => response.socket?.destroy(), 20);
      } else sendJson(response, { ok: true });
    });
    using cluster = await connectTo(server);
    expect(await cluster.request<unknown>({ path })).toEqual({ ok: true });
  });

  test.each(['{"items":[{"a', ''])('a read after JSON that was cut to "%s"', async (cut) => {
    await using server = await startRecordingServer((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(server.requests.length === 1 ? cut : '{"items":[]}');
    });
    using cluster = await connectTo(server);
    expect(await cluster.request<unknown>({ path })).toEqual({ items: [] });
  });

  test('is no use for JSON that is always cut', async () => {
    await using server = await startRecordingServer((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[{"a'),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect([error.kind, error.message]).toEqual([
      'garbled',
      'the answer of the server is broken: it is no complete JSON',
    ]);
  });

  test('a write only after a 429 that says when', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length === 1) sendStatus(response, 429, 'TooManyRequests', 'later', { 'retry-after': '0' });
      else sendStatus(response, 429, 'TooManyRequests', 'the budget is used up');
    });
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ method: 'POST', path, body: {} }), ApiError);
    expect(error.statusMessage).toBe('the budget is used up');
    expect(server.requests).toHaveLength(2);
  });

  test.each(['PATCH', 'POST', 'DELETE'] as const)(
    'never a %s whose connection was lost, which may have been done',
    async (method) => {
      await using server = await startRecordingServer((_, response) => response.socket?.destroy());
      using cluster = await connectTo(server);
      const error = await failure(cluster.request({ method, path, body: {} }), ConnectionError);
      expect([error.kind, error.sent]).toEqual(['lost', true]);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('what is no more than a question as a read is, though its method is that of a write', async () => {
    const answers: Parameters<typeof startRecordingServer>[0][] = [
      (_, response) => response.socket?.destroy(),
      (_, response) => sendStatus(response, 500, 'InternalError', 'broken'),
      (_, response) => sendJson(response, { status: {} }),
    ];
    await using server = await startRecordingServer((request, response) => answers.shift()?.(request, response));
    using cluster = await connectTo(server);
    const question = { method: 'POST', isQuestion: true, path, body: { spec: {} } } as const;
    expect(await cluster.request<unknown>(question)).toEqual({ status: {} });
    expect(server.requests).toHaveLength(3);
  });

  test('never a write after 500', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendStatus(response, 500, 'InternalError', 'boom'),
    );
    using cluster = await connectTo(server);
    await failure(cluster.request({ method: 'PATCH', path, body: {} }), ApiError);
    expect(server.requests).toHaveLength(1);
  });
});

describe('waiting', () => {
  test('ends with --request-timeout', async () => {
    await using server = await startRecordingServer(() => {});
    using cluster = await connectTo(server, { requestTimeout: '150ms' });
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect(error.message).toBe(
      `Unable to connect to the server: no complete answer from 127.0.0.1:${server.port} within 0.15s`,
    );
    expect(error.kind).toBe('timeout');
  });

  test('ends with --request-timeout when the answer trickles', async () => {
    await using server = await startRecordingServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write(' ')), 20);
    });
    using cluster = await connectTo(server, { requestTimeout: '200ms' });
    expect((await failure(cluster.request({ path }), ConnectionError)).kind).toBe('timeout');
  });

  test('ends when a server falls silent', async () => {
    await using server = await startRecordingServer((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    );
    using cluster = await connectTo(server);
    const error = await failure(cluster.request({ path }), ConnectionError);
    expect(error.message).toContain(
      `no sign of life from 127.0.0.1:${server.port} within ${FAST_LIMITS.silence / 1000}s`,
    );
  });

  test.each(['before the answer', 'in the answer', 'between two tries'])('ends when it is aborted %s', async (when) => {
    await using server = await startRecordingServer((_, response) => {
      if (when === 'in the answer') response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      if (when === 'between two tries') sendStatus(response, 429, 'TooManyRequests', 'later', { 'retry-after': '30' });
    });
    using cluster = await connectTo(server);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 100);
    expect((await failure(cluster.request({ path, signal: controller.signal }), Error)).message).toBe('enough');
  });

  test('ends when the cluster is closed, also between two tries', async () => {
    await using server = await startRecordingServer((request, response) => {
      if (request.path === path) sendStatus(response, 429, 'TooManyRequests', 'later', { 'retry-after': '30' });
    });
    using cluster = await connectTo(server);
    const failures = [path, '/silent'].map((one) => failure(cluster.request({ path: one }), ConnectionError));
    await waitFor(() => server.requests.length === 2, 5000, 'both requests');
    await Bun.sleep(100);
    cluster.close();
    expect((await Promise.all(failures)).map(({ kind }) => kind)).toEqual(['closed', 'closed']);
    expect(server.requests).toHaveLength(2);
  });

  test('does not begin when it is already aborted', async () => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server);
    expect(
      (await failure(cluster.request({ path, signal: AbortSignal.abort(new Error('enough')) }), Error)).message,
    ).toBe('enough');
    expect(server.requests).toEqual([]);
  });
});

describe('a server that cannot be reached', () => {
  test('because nobody listens', async () => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server, { server: 'https://127.0.0.1:1' });
    const error = await failure(cluster.request({ method: 'POST', path, body: {} }), ConnectionError);
    expect(error.message).toBe(
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    );
    expect([error.kind, error.sent]).toEqual(['refused', false]);
  });

  test('because its name is unknown', () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND kube.example'), { code: 'ENOTFOUND' });
    const attempt = { server: 'https://kube.example:6443', connected: false, serverName: 'kube.example' };
    expect(explainFailure(cause, attempt)).toMatchObject({
      message: 'Unable to connect to the server: dial tcp: lookup kube.example: no such host',
      kind: 'name',
      sent: false,
    });
  });

  test('because its authority is another one', async () => {
    await using server = await startRecordingServer();
    await using other = await startRecordingServer();
    using cluster = await connectTo(other, { server: server.url });
    const error = await failure(cluster.request({ method: 'POST', path, body: {} }), ConnectionError);
    expect(error.message).toBe(
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
    expect([error.kind, error.sent]).toEqual(['tls', false]);
    expect(server.requests).toEqual([]);
  });

  test('because its certificate is for other names', async () => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server, { tlsServerName: 'kube.example' });
    expect((await failure(cluster.request({ path }), ConnectionError)).message).toBe(
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate is valid for localhost, not kube.example',
    );
  });

  test('because it speaks plain http', async () => {
    await using server = await startRecordingServer(undefined, { tls: false });
    using cluster = await connectTo(server, { server: `https://127.0.0.1:${server.port}` });
    expect((await failure(cluster.request({ path }), ConnectionError)).message).toBe(
      'Unable to connect to the server: http: server gave HTTP response to HTTPS client',
    );
  });

  test('because the token holds a line break', async () => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server, { token: 'a\nb' });
    const error = await failure(cluster.request({ path }), ReloadError);
    expect(error.hint).toContain('line break');
    expect(error.message).not.toContain('a\nb');
  });
});
