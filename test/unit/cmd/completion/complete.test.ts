import { describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { kubeconfigFor, makeFolder } from '../../../support/connection.ts';
import type { Respond } from '../../../support/recording-server.ts';
import { startRecordingServer } from '../../../support/recording-server.ts';
import { runCommand } from '../../../support/run-command.ts';

/** Asks as a shell does; what is offered, the directive, and that nothing else happened. */
async function complete(words: string[], kubeconfig = '', env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runCommand(['__complete', ...words], {
    kubeconfig,
    // A busy machine is slow, and that is not what is tested.
    env: { KUBECTL_RELOAD_COMPLETION_TIMEOUT: '60s', ...env },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.split('\n').slice(0, -1);
  const directive = lines.pop();
  return { texts: lines.map((line) => line.split('\t')[0] ?? ''), directive };
}

const texts = async (...words: string[]) => (await complete(words)).texts;

const table = (...names: string[]) => ({
  columnDefinitions: [{ format: 'name' }],
  rows: names.map((name) => ({ cells: [name] })),
});

async function withServer<T>(
  respond: Respond,
  use: (kubeconfig: string, server: Awaited<ReturnType<typeof startRecordingServer>>) => Promise<T>,
  user = '{token: secret-token}',
): Promise<T> {
  await using folder = await makeFolder();
  await using server = await startRecordingServer(respond);
  return await use(await folder.write('kubeconfig', kubeconfigFor(server, user)), server);
}

const answer =
  (body: unknown): Respond =>
  (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };

describe('what needs no cluster', () => {
  test('commands are offered first, and types of targets to who types one', async () => {
    expect(await texts('')).toContain('rollout-status');
    expect(await texts('')).not.toContain('deployments');
    expect(await texts('de')).toEqual(['deps', 'deployments']);
    expect(await texts('restart', 'st')).toEqual(['statefulsets']);
    expect(await texts('probe', 'e')).toEqual(['eject']);
    expect(await texts('help', 'probe', 'e')).toEqual(['eject']);
    expect(await texts('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
    expect(await texts('completion', 'bash', '')).toEqual([]);
    expect(await texts('version', '')).toEqual([]);
  });

  test('flags are those of the command and of the program, hidden ones left out, with what they do', async () => {
    expect(await texts('restart', '--max')).toEqual(['--max-parallel']);
    expect(await texts('restart', '--cont')).toEqual(['--context']);
    expect(await texts('deps', '--max')).toEqual([]);
    expect(await texts('probe', 'inject', '--st')).toEqual([]);
    expect(await texts('probe', 'inject', '--sp')).toEqual(['--spread']);
    expect((await runCommand('__complete restart --max')).stdout).toBe(
      '--max-parallel\trollouts under way at once\n:4\n',
    );
  });

  test('without a command the flags of status are offered', async () => {
    expect(await texts('--dee')).toEqual(['--deep']);
    expect(await texts('-o', 'y')).toEqual(['yaml']);
  });

  test('a short flag is offered where no second dash is', async () => {
    expect(await texts('restart', '-')).toContain('-y');
    expect(await texts('restart', '--')).not.toContain('-y');
    expect(await texts('restart', '-y')).toEqual(['-y']);
  });

  test('a flag that was given is not offered again, in no spelling, unless it may be repeated', async () => {
    expect(await texts('restart', '-y', '--ye')).toEqual([]);
    expect(await texts('rollout-status', '--no-watch', '--wat')).toEqual([]);
    expect(await texts('--as', 'x', '--as')).toEqual(['--as-group', '--as-uid', '--as-user-extra']);
    expect(await texts('--as-group', 'x', '--as-g')).toEqual(['--as-group']);
    expect(await texts('deps', '-f', 'x', '--file')).toEqual(['--filename']);
    expect(await texts('restart', '--max-parallel', '3', '--max')).toEqual([]);
  });

  test('values are the choices of their flag, as of that command', async () => {
    expect(await texts('deps', '-o', '')).toEqual(['tree', 'table', 'wide', 'json', 'yaml', 'name', 'dot', 'mermaid']);
    expect(await texts('diff', '--output=')).toEqual(['diff', 'json', 'yaml', 'name']);
    expect(await texts('deps', '-od')).toEqual(['-odot']);
    expect(await texts('restart', '--dry-run', 's')).toEqual(['server']);
    expect(await texts('--color', '')).toEqual(['auto', 'always', 'never']);
    expect(await texts('deps', '--by', '')).toEqual(['workload', 'config']);
  });

  test('of files and directories the shell knows more', async () => {
    for (const flag of ['-f', '--kubeconfig', '--client-key'])
      expect(await complete(['deps', flag, ''])).toEqual({ texts: [], directive: ':0' });
    expect(await complete(['deps', '-k', ''])).toEqual({ texts: [], directive: ':16' });
    expect(await complete(['--token', ''])).toEqual({ texts: [], directive: ':4' });
  });

  test('two quotes stand for an empty word, which PowerShell may lose', async () => {
    expect(await texts('probe', '""')).toContain('inject');
  });

  test('a line that no command would take offers nothing', async () => {
    expect(await texts('--color', 'bad', '-n', '')).toEqual([]);
    expect(await texts('restart', 'a/b/c', 'x/')).toEqual([]);
    expect((await complete([])).directive).toBe(':4');
  });
});

describe('names of the kubeconfig', () => {
  test('are contexts, clusters and users; one that would steer the terminal is left out', async () => {
    await using folder = await makeFolder();
    const kubeconfig = await folder.write(
      'kubeconfig',
      JSON.stringify({
        contexts: ['a@b', 'with blank', 'with\ttab', '\u001b[2J', '$(reboot)'].map((name) => ({
          name,
          context: { cluster: 'c' },
        })),
        clusters: [{ name: 'c', cluster: { server: 'https://c' } }],
        users: [{ name: 'u', user: { token: 'secret-token' } }],
      }),
    );
    expect((await complete(['--context', ''], kubeconfig)).texts).toEqual(['a@b', 'with blank', '$(reboot)']);
    expect((await complete(['--context=a'], kubeconfig)).texts).toEqual(['a@b']);
    expect((await complete(['--cluster', ''], kubeconfig)).texts).toEqual(['c']);
    expect((await complete(['--kubeconfig', kubeconfig, '--user', ''])).texts).toEqual(['u']);
    const { stdout } = await runCommand(['__complete', '--user', ''], { kubeconfig });
    expect(stdout).not.toContain('secret');
  });
});

describe('names of the cluster', () => {
  test('are asked for in the namespace and as the user that the line says', async () => {
    await withServer(answer(table('web')), async (kubeconfig, server) => {
      expect((await complete(['restart', 'deploy/'], kubeconfig)).texts).toEqual(['deploy/web']);
      await complete(['restart', '-n', 'pay', '--as=eve', '--as-group=a', '--as-group', 'b', 'sts', ''], kubeconfig);
      await complete(['-n', ''], kubeconfig);
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/apis/apps/v1/namespaces/shop/deployments',
        '/apis/apps/v1/namespaces/pay/statefulsets',
        '/api/v1/namespaces',
      ]);
      expect(server.requests[1]?.headers).toMatchObject({
        'impersonate-user': ['eve'],
        'impersonate-group': ['a', 'b'],
      });
    });
  });

  test('of several types take a request each, and one that is twice there is offered once', async () => {
    await withServer(answer(table('web')), async (kubeconfig, server) => {
      expect((await complete(['restart', 'sts,deploy', ''], kubeconfig)).texts).toEqual(['web']);
      expect(server.requests).toHaveLength(2);
    });
  });

  test('that no API server gives are left out: they might be commands to a shell', async () => {
    const names = [
      'web',
      '$(touch x)',
      '`x`',
      'a;b',
      'a b',
      'a\tb',
      '\x1b[2J',
      '-n',
      'A',
      '',
      'x'.repeat(254),
      'kube-root-ca.crt',
    ];
    await withServer(answer(table(...names)), async (kubeconfig) => {
      expect((await complete(['cm', ''], kubeconfig)).texts).toEqual(['kube-root-ca.crt', 'web']);
      expect((await complete(['-n', ''], kubeconfig)).texts).toEqual(['web', 'kube-root-ca.crt']);
    });
  });

  test('are not asked for where they cannot be meant: in all namespaces, or with manifests', async () => {
    await withServer(answer(table('web')), async (kubeconfig, server) => {
      for (const flags of [['-A'], ['-f', 'x'], ['-k', 'x']]) {
        expect((await complete(['deps', ...flags, 'deploy/'], kubeconfig)).texts).toEqual([]);
      }
      expect(server.requests).toEqual([]);
    });
  });

  test('of containers are those of the named workload that can have a probe', async () => {
    const containers = [{ name: 'app' }, { name: 'log' }, { name: '$(x)' }];
    const initContainers = [{ name: 'init' }, { name: 'side', restartPolicy: 'Always' }];
    const deployment = { spec: { template: { spec: { containers, initContainers } } } };
    await withServer(answer(deployment), async (kubeconfig, server) => {
      const ask = async (...words: string[]) => (await complete(['probe', 'inject', ...words], kubeconfig)).texts;
      expect(await ask('deploy/web', '-c', '')).toEqual(['side', 'app', 'log']);
      expect(await ask('deploy', 'web', '--container=l')).toEqual(['log']);
      expect(server.requests.at(-1)?.path).toBe('/apis/apps/v1/namespaces/shop/deployments/web');
      expect(await ask('-c', '')).toEqual([]);
      expect(await ask('cm/web', '-c', '')).toEqual([]);
      expect(await ask('deploy', '-c', '')).toEqual([]);
    });
  });

  test('are none, in silence, where there is no cluster, no right, or no sense in the answer', async () => {
    expect(await complete(['deploy/'], '/nonexistent')).toEqual({ texts: [], directive: ':4' });
    expect((await complete(['deploy/', '--request-timeout', 'never', '-n', ''])).texts).toEqual([]);
    const refusals: Respond[] = [
      (_, response) => response.writeHead(403).end('{}'),
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      (_, response) => void response.socket?.destroy(),
    ];
    for (const respond of refusals) {
      await withServer(respond, async (kubeconfig) => {
        const env = { KUBECTL_RELOAD_COMPLETION_TIMEOUT: '2s' };
        expect(await complete(['deploy/'], kubeconfig, env)).toEqual({ texts: [], directive: ':4' });
      });
    }
  });

  test('are none, and no question is left behind, when the server does not answer in time', async () => {
    await withServer(
      () => {},
      async (kubeconfig) => {
        for (const KUBECTL_RELOAD_COMPLETION_TIMEOUT of ['100ms', 'nonsense', '0', '']) {
          expect((await complete(['-v', 'deploy/'], kubeconfig, { KUBECTL_RELOAD_COMPLETION_TIMEOUT })).texts).toEqual(
            [],
          );
        }
      },
    );
  });

  test('are not worth a login: neither an exec plugin that asks nor an expired OIDC token is used', async () => {
    await using folder = await makeFolder();
    const marker = `${folder.path}/ran`;
    const plugin = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["${marker}"], interactiveMode: Always}}`;
    await withServer(
      answer(table('web')),
      async (kubeconfig, server) => {
        expect((await complete(['deploy/'], kubeconfig)).texts).toEqual([]);
        expect(server.requests).toEqual([]);
        expect(await Bun.file(marker).exists()).toBe(false);
      },
      plugin,
    );
    await using issuer = await startRecordingServer(answer({ token_endpoint: 'x' }), { tls: false });
    const login = `{auth-provider: {name: oidc, config: {idp-issuer-url: "${issuer.url}", client-id: me, refresh-token: once, id-token: a.e30.b}}}`;
    await withServer(
      answer(table('web')),
      async (kubeconfig) => expect((await complete(['deploy/'], kubeconfig)).texts).toEqual([]),
      login,
    );
    expect(issuer.requests).toEqual([]);
  });

  test('do not keep the process: it ends although what it asked still hangs', async () => {
    await using folder = await makeFolder();
    const plugin = await folder.write('plugin', '#!/bin/sh\nwhile [ -e "$0" ]; do sleep 0.1; done\n', 0o700);
    const user = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: "${plugin}", interactiveMode: Never}}`;
    await withServer(
      () => {},
      async (KUBECONFIG) => {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          ['cmd/kubectl-reload.ts', '__complete', 'deploy/'],
          { env: { PATH: process.env['PATH'], KUBECONFIG }, encoding: 'utf8' },
        );
        expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: ':4\n', stderr: '' });
      },
      user,
    );
  }, 60_000);
});
