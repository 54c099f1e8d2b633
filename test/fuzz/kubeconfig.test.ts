/** Whatever a kubeconfig holds: a connection comes of it, or a refusal that can be shown and repeats no token, password or key. */
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connect } from '../../src/cluster/connect.ts';
import { ReloadError } from '../../src/error.ts';
import { escapeLines } from '../../src/view/text.ts';
import { makeEnvironment } from '../support/connection.ts';
import type { Random } from '../support/random.ts';
import { damage, makeName, makeText, SECRET, UNSAFE } from './hostile-text.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

const PEM = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`;

function perhaps(random: Random, value: unknown): unknown {
  return random.once(15) ? random.pick<unknown>([null, 1, true, [], {}, [null], '', { __proto__: null }]) : value;
}

function makeKubeconfig(random: Random): unknown {
  const secret = () => `${SECRET}${random.once(4) ? makeText(random) : ''}`;
  const encoded = () => random.pick([Buffer.from(PEM).toString('base64'), secret(), makeText(random)]);
  const host = () => random.pick(['127.0.0.1:1', 'k.test', '[::1]', makeText(random), '%zz', 'a b']);
  const cluster = {
    server: random.pick([`https://${host()}`, `http://${host()}`, makeText(random), `https://${host()}/a/b?c#d`]),
    ...(random.once(3) && { 'certificate-authority-data': perhaps(random, encoded()) }),
    ...(random.once(3) && { 'insecure-skip-tls-verify': perhaps(random, true) }),
    ...(random.once(5) && { 'tls-server-name': makeText(random) }),
    ...(random.once(3) && {
      'proxy-url': random.pick([`http://me:${SECRET}%zz@p:1`, `socks5://${SECRET}@p`, makeText(random)]),
    }),
    ...(random.once(6) && {
      extensions: perhaps(random, [{ name: 'client.authentication.k8s.io/exec', extension: makeText(random) }]),
    }),
  };
  const user = random.pick<unknown>([
    { token: perhaps(random, secret()) },
    { username: makeText(random), password: perhaps(random, secret()) },
    { 'client-certificate-data': encoded(), 'client-key-data': perhaps(random, encoded()) },
    {
      exec: perhaps(random, {
        command: makeText(random),
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'Never',
        env: [{ name: '__proto__', value: secret() }],
      }),
    },
    {
      'auth-provider': {
        name: random.pick(['oidc', '__proto__', 'constructor', makeText(random)]),
        config: {
          'idp-issuer-url': random.pick(['https://127.0.0.1:1', makeText(random)]),
          'client-id': 'x',
          'client-secret': secret(),
          'refresh-token': secret(),
        },
      },
    },
    {
      as: makeText(random),
      'as-groups': perhaps(random, [makeText(random)]),
      'as-user-extra': perhaps(random, Object.fromEntries([[makeName(random), [makeText(random)]]])),
    },
    { tokenFile: makeText(random) },
  ]);
  return {
    apiVersion: 'v1',
    kind: perhaps(random, 'Config'),
    'current-context': perhaps(random, random.pick(['c', '__proto__', 'constructor'])),
    contexts: perhaps(
      random,
      ['c', '__proto__', makeName(random)].map((name) => ({
        name,
        context: perhaps(random, { cluster: 'k', user: 'u', namespace: makeName(random) }),
      })),
    ),
    clusters: perhaps(random, [{ name: 'k', cluster: perhaps(random, cluster) }]),
    users: perhaps(random, [{ name: 'u', user: perhaps(random, user) }]),
  };
}

const isLoopback = (server: string) => /^https?:..(127\.0\.0\.1:1|\[::1\])(\/|$)/.test(server);

test(
  'a hostile kubeconfig gives a connection or a refusal, and a request fails in words without its secrets',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reload-fuzz-'));
    const file = join(folder, 'config');
    const ends = { opened: 0, refused: 0 };
    try {
      await search(1, async (random) => {
        const value = makeKubeconfig(random);
        const text = random.once(2) ? JSON.stringify(value, null, 1) : stringify(value, { lineWidth: 0 });
        writeFileSync(file, random.once(3) ? damage(text, random) : text);
        const env = random.once(3) ? { HTTPS_PROXY: random.pick([`http://me:${SECRET}%@p:1`, makeText(random)]) } : {};
        const environment = makeEnvironment(folder, { env });
        try {
          const cluster = await connect({ kubeconfig: file }, environment);
          ends.opened++;
          // Where credentials are made by the first request, that is a part of it; nothing is sent.
          const stop = new AbortController();
          const asked = cluster.request({ path: '/api', signal: stop.signal });
          const halt = () => stop.abort(new ReloadError('stopped'));
          if (isLoopback(cluster.server)) setTimeout(halt, 1);
          else halt();
          await asked.finally(() => cluster.close());
        } catch (error) {
          if (!(error instanceof ReloadError)) throw error;
          ends.refused++;
          const words = `${error.message}\n${error.hint ?? ''}`;
          expect(words).not.toContain(SECRET);
          expect(UNSAFE.exec(escapeLines(words))?.[0]).toBeUndefined();
        }
        expect(environment.printed() + environment.traced.join('\n')).not.toContain(SECRET);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(Math.min(ends.opened, ends.refused)).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);
