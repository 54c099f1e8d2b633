/** Putting the probe into workloads and taking it out again, on a real API server. What the probe does there is in probe-live.test.ts. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifests } from '../../src/manifests/parse-manifests.ts';
import { isEqualJson } from '../../src/objects/json-edit.ts';
import { ejectWorkload, injectWorkload } from '../../src/probe/change-workload.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, callAdmin, kubectl, useNamespace } from '../cluster/shared.ts';
import { generateProbedWorkloads } from '../support/generate-probed-workloads.ts';
import { makeConfigMap, makeContainer, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useProbeCluster();
}, SETUP_TIMEOUT);

const TIMEOUT = 120_000;
const command = (line: string | string[], setting: { stdin?: string; tty?: boolean } = {}) =>
  runCommand(line, { kubeconfig: cluster.kubeconfig, ...setting });

const ask = (...args: string[]): Promise<string> => askKubectl(cluster, args);

const readObject = async (namespace: string, target: string, ...flags: string[]) =>
  JSON.parse(await ask('get', target, '-n', namespace, '-o', 'json', ...flags));

const CONFIG = makeConfigMap('web', { LEVEL: 'info', 'app.conf': 'a' });
const uses = {
  env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } }],
  volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
};
const volumes = [{ name: 'config', configMap: { name: 'web' } }];
const idle = makePodSpec({});

describe('probe inject', () => {
  test(
    'puts the probe into all kinds that roll, once, and eject gives every template back and takes the ConfigMap away',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const kept = {
        livenessProbe: { exec: { command: ['test', '-d', '/$$x/../'] }, initialDelaySeconds: 1, failureThreshold: 9 },
      };
      await apply(cluster, name, [
        CONFIG,
        makeWorkloadManifest('Deployment', 'web', makePodSpec({ ...uses, ...kept }, { volumes }), { replicas: 2 }),
        makeWorkloadManifest('StatefulSet', 'db', makePodSpec(uses, { volumes })),
        makeWorkloadManifest('DaemonSet', 'agent', makePodSpec({ envFrom: [{ configMapRef: { name: 'web' } }] })),
        makeWorkloadManifest('Deployment', 'idle', idle),
      ]);
      const targets = ['deployment/web', 'statefulset/db', 'daemonset/agent'];
      const before = await Promise.all(targets.map((target) => readObject(name, target)));

      const injected = await command(`probe inject cm/web -n ${name} --yes --soak 1s`);
      expect(injected.stderr).toContain('deployment/web   app        liveness  its exec check');
      expect(injected).toMatchObject({ code: 0 });
      expect(injected.stdout).toContain('deployment.apps/web injected\n');
      expect(injected.stdout).toMatch(/^statefulset\.apps\/db complete in /m);
      const [web] = await Promise.all(targets.map((target) => readObject(name, target, '--show-managed-fields')));
      expect(web.metadata.managedFields.map(({ manager }: { manager: string }) => manager)).toContain('config-reload');
      expect(web.spec.template.spec.containers[0].livenessProbe).toEqual({
        exec: {
          command: [
            '/kubectl-reload/bin/probe',
            '--volume=/etc/web',
            '--env=LEVEL=/etc/web/LEVEL',
            '--spread=60',
            '--',
            'test',
            '-d',
            '/$$x/../',
          ],
        },
        initialDelaySeconds: 1,
        timeoutSeconds: 6,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 9,
      });
      const carrier = await readObject(name, 'configmap/kubectl-reload-probe-amd64');
      expect(carrier.metadata.labels).toEqual({
        'app.kubernetes.io/managed-by': 'kubectl-reload',
        'app.kubernetes.io/name': 'kubectl-reload-probe',
      });
      expect(Object.keys(carrier.binaryData).sort()).toEqual(['http', 'probe']);

      // What was put in is no use of a config by anybody.
      const deps = await command(`deps -n ${name} -o json --all`);
      expect(deps.stdout).not.toContain('kubectl-reload-');
      expect(deps.stdout).not.toContain('/kubectl-reload/');
      const again = await command(`probe inject deploy/web sts/db -n ${name}`);
      expect(again).toMatchObject({ code: 0, stdout: '' });
      expect(again.stderr).toContain('left out: deployment/web: it has this very probe already');

      const one = await command(`probe eject deploy/web -n ${name} --soak 1s`);
      expect(one).toMatchObject({ code: 0 });
      expect(await ask('get', 'configmap', '-n', name, '-o', 'name')).toContain('kubectl-reload-probe');
      const rest = await command(`probe eject -n ${name} --yes --soak 1s`);
      expect(rest).toMatchObject({ code: 0 });
      expect(await ask('get', 'configmap', '-n', name, '-o', 'name')).not.toContain('kubectl-reload-probe');
      const after = await Promise.all(targets.map((target) => readObject(name, target)));
      expect(after.map(({ spec }) => spec)).toEqual(before.map(({ spec }) => spec));
    },
    TIMEOUT,
  );

  test(
    'of 200 generated workloads is accepted by the API server, and taken out again leaves what there was',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const wanted = { form: 'binary', arch: 'amd64', options: { check: 'liveness', http: true } } as const;
      const known = { keysOf: () => ({ keys: ['TOKEN', 'a.conf', 'level', 'x-y'], binary: [] }), nodes: null };
      const create = async (kind: string, body: object) => {
        const { status, text } = await callAdmin(
          cluster,
          'POST',
          `/apis/apps/v1/namespaces/${name}/${kind.toLowerCase()}s?dryRun=All&fieldValidation=Strict`,
          body,
        );
        return status === 201 ? '' : text;
      };
      let injected = 0;
      for (const { kind, manifest } of generateProbedWorkloads(3, 200)) {
        const raw = JSON.parse(JSON.stringify(manifest));
        const result = injectWorkload(raw, wanted, known);
        if ('refused' in result) {
          expect(await create(kind, raw)).toBe('');
          continue;
        }
        injected++;
        expect(await create(kind, result.raw)).toBe('');
        const again = injectWorkload(result.raw, wanted, known);
        expect(again).toEqual(result);
        expect(isEqualJson(ejectWorkload(result.raw)?.raw, raw)).toBe(true);
      }
      expect(injected).toBeGreaterThan(150);
    },
    TIMEOUT,
  );

  test(
    'leaves a ConfigMap of its name alone that somebody else made, and changes nothing then',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [
        CONFIG,
        makeConfigMap('kubectl-reload-probe-amd64', { mine: '1' }),
        makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }), { replicas: 0 }),
      ]);
      const { code, stdout, stderr } = await command(`probe inject deploy/web -n ${name}`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(
        `error: there is a ConfigMap kubectl-reload-probe-amd64 in namespace ${name} that was not made by this program\n`,
      );
      expect((await readObject(name, 'deployment/web')).metadata.generation).toBe(1);
      expect((await readObject(name, 'configmap/kubectl-reload-probe-amd64')).data).toEqual({ mine: '1' });
    },
    TIMEOUT,
  );

  test(
    'refuses what cannot work with what helps instead, and what was inferred without somebody to ask',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const initOnly = { initContainers: [makeContainer({ name: 'setup', command: ['true'], env: uses.env })] };
      await apply(cluster, name, [
        CONFIG,
        makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }), { replicas: 0 }),
        makeWorkloadManifest(
          'Deployment',
          'tcp',
          makePodSpec({ ...uses, livenessProbe: { tcpSocket: { port: 1 } } }, { volumes }),
          { replicas: 0 },
        ),
        makeWorkloadManifest('Deployment', 'setup', makePodSpec({}, initOnly), { replicas: 0 }),
        makeWorkloadManifest('Deployment', 'broken', makePodSpec({ envFrom: [{ secretRef: { name: 'none' } }] }), {
          replicas: 0,
        }),
        makeWorkloadManifest(
          'Deployment',
          'arm',
          makePodSpec(uses, { volumes, nodeSelector: { 'kubernetes.io/arch': 'arm64' } }),
          { replicas: 0 },
        ),
        makeWorkloadManifest('Deployment', 'elsewhere', makePodSpec(uses, { volumes, nodeSelector: { zone: 'x' } }), {
          replicas: 0,
        }),
        makeWorkloadManifest('Deployment', 'idle', idle, { replicas: 0 }),
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'nightly' },
          spec: {
            schedule: '0 0 1 1 *',
            jobTemplate: {
              spec: { template: { spec: { ...makePodSpec(uses, { volumes }), restartPolicy: 'Never' } } },
            },
          },
        },
      ]);
      const refusal = async (target: string) => {
        const { code, stdout, stderr } = await command(`probe inject ${target} -n ${name} --dry-run=client`);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        return stderr;
      };
      expect(await refusal('deploy/tcp')).toContain('has a liveness check by TCP already');
      expect(await refusal('deploy/setup')).toContain('only its init containers use a ConfigMap or Secret');
      expect(await refusal('deploy/broken')).toContain('secret/none does not exist');
      expect(await refusal('deploy/idle')).toContain('no container of it uses a ConfigMap or Secret');
      expect(await refusal('deploy/elsewhere')).toContain('there is no node yet that its pods could run on');
      expect(await refusal('cj/nightly')).toContain('a CronJob does not replace its pods by itself');
      expect(await refusal('deploy/web --config cm/other')).toContain('no container of it uses configmap/other');
      expect(await refusal('deploy/web --container other')).toContain('it has no container other');
      const pinned = await command(`probe inject deploy/arm -n ${name} --dry-run=client -o json`);
      expect(pinned.stdout).toContain('"name": "kubectl-reload-probe-arm64"');

      const all = await command(`probe inject -n ${name}`);
      expect({ code: all.code, stdout: all.stdout }).toEqual({ code: 2, stdout: '' });
      expect(all.stderr).toContain('left out: deployment/tcp: ');
      expect(all.stderr).not.toContain('idle');
      expect(all.stderr).not.toContain('nightly');
      expect(all.stderr).toContain('there is no terminal to ask on');
      const declined = await command(`probe inject -n ${name}`, { tty: true, stdin: 'n\n' });
      expect(declined).toMatchObject({ code: 0, stdout: '' });
      expect(declined.stderr).toEndWith(
        'Put the probe into 2 workloads? Their pods are replaced. (y/N) nothing was changed\n',
      );
      const ejected = await command(`probe eject -n ${name} --yes`);
      expect(ejected).toMatchObject({ code: 0, stdout: '', stderr: 'nothing to eject here\n' });
      expect((await command(`probe eject deploy/web -n ${name}`)).stderr).toContain('it has no probe of ours');
      expect((await command(`probe verify -n ${name}`)).code).toBe(2);
    },
    TIMEOUT,
  );

  test(
    'refuses options that cannot work, before it asks anybody',
    async () => {
      const refusal = async (flags: string) => {
        const { code, stderr } = await runCommand(`probe inject deploy/web ${flags}`);
        expect(code).toBe(2);
        return stderr;
      };
      expect(await refusal('--startup')).toContain('a startup probe cannot watch configuration');
      expect(await refusal('--readiness')).toContain('--readiness needs --expect');
      expect(await refusal(`--expect ${'0'.repeat(64)}`)).toContain('--expect needs --readiness');
      expect(await refusal('--readiness --expect abc')).toContain('takes a hash of 64 hex digits');
      expect(await refusal('--http --form=script')).toContain('--http needs the binary');
      expect(await refusal('--config deploy/web')).toContain('"deploy/web" names no ConfigMap or Secret');
      expect(await refusal('--config web')).toContain('names no ConfigMap or Secret');
      expect(await refusal('--check=')).toContain('--check takes one line that is not empty');
      expect(await refusal('--period 0')).toContain('whole number from 1');
      expect(await refusal('-f - -o json')).toContain('manifests are printed as YAML');
      expect(await refusal('-f - --dry-run=client')).toContain('--dry-run is for the cluster');
    },
    TIMEOUT,
  );

  test(
    'with a dry run on the server asks it about everything and changes nothing; a workload that is paused is patched and not followed',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const paused = { spec: { paused: true } };
      await apply(cluster, name, [
        CONFIG,
        makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }), { replicas: 1, ...paused }),
      ]);
      const dry = await command(`probe inject deploy/web -n ${name} --dry-run=server`);
      expect(dry).toMatchObject({ code: 0 });
      expect(dry.stdout).toEndWith('deployment.apps/web injected (server dry run)\n');
      expect((await readObject(name, 'deployment/web')).metadata.generation).toBe(1);
      expect(await ask('get', 'configmap', '-n', name, '-o', 'name')).not.toContain('kubectl-reload-probe');

      const done = await command(`probe inject deploy/web -n ${name}`);
      expect(done).toMatchObject({ code: 0, stdout: 'deployment.apps/web injected\n' });
      expect(done.stderr).toContain('! deployment/web: it is paused, so no pod would be replaced');
      const out = await command(`probe eject deploy/web -n ${name}`);
      expect(out.stderr).toContain(
        'what carries the probe stays while pods have it mounted; later: kubectl delete configmap kubectl-reload-probe-amd64 ',
      );
    },
    TIMEOUT,
  );

  test(
    'makes its patch anew where somebody changed the workload while it was asked for',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [
        CONFIG,
        makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }), { replicas: 0 }),
      ]);
      const input = async function* () {
        await ask(
          'patch',
          'deployment/web',
          '-n',
          name,
          '-p',
          '{"spec":{"template":{"spec":{"containers":[{"name":"first","image":"x"}],"$setElementOrder/containers":[{"name":"first"},{"name":"app"}]}}}}',
        );
        yield Buffer.from('y\n');
      };
      const { code, stdout, stderr } = await runCommand(`probe inject cm/web -n ${name} --no-wait`, {
        kubeconfig: cluster.kubeconfig,
        tty: true,
        input,
      });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'deployment.apps/web injected\n' });
      expect(stderr).toContain('Put the probe into 1 workload?');
      const { containers } = (await readObject(name, 'deployment/web')).spec.template.spec;
      const probes = containers.map((one: { name: string; livenessProbe?: object }) => [
        one.name,
        one.livenessProbe !== undefined,
      ]);
      expect(probes).toEqual([
        ['first', false],
        ['app', true],
      ]);
    },
    TIMEOUT,
  );

  test(
    'as a script is refused where a running container has no shell, and says where nothing could be asked',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const bare = { image: 'local/bare:1', command: ['/busybox', 'sleep', '2147483647'], ...uses };
      await apply(cluster, name, [
        CONFIG,
        makeWorkloadManifest('Deployment', 'bare', makePodSpec(bare, { volumes })),
        makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes })),
        makeWorkloadManifest('Deployment', 'none', makePodSpec(uses, { volumes }), { replicas: 0 }),
      ]);
      for (const target of ['bare', 'web'])
        await ask('rollout', 'status', `deployment/${target}`, '-n', name, '--timeout=90s');
      const { code, stdout, stderr } = await command(
        `probe inject deploy/bare deploy/web deploy/none -n ${name} --form=script --dry-run=client`,
      );
      expect(code).toBe(2);
      expect(stderr).toContain('left out: deployment/bare: the image of container app has no shell');
      expect(stdout).toContain('deployment/web ');
      expect(stdout).toContain(
        '! deployment/none: whether the image of container app has a shell was not checked: no pod runs',
      );
      expect(stdout).not.toContain('! deployment/web');
    },
    TIMEOUT,
  );
});

describe('probe inject of manifests', () => {
  const MANIFESTS = `# Source: chart/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { LEVEL: info }
---
# Source: chart/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # the site
  namespace: shop
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
    spec:
      nodeSelector:
        kubernetes.io/arch: amd64
      containers:
      # the application
      - name: app
        image: "web:1"
        env:
        - name: LEVEL
          valueFrom: { configMapKeyRef: { name: web, key: LEVEL } }
        livenessProbe:
          exec:
            command: [cat, /healthy]   # as before
---
apiVersion: v1
kind: Service
metadata: { name: web }
`;

  test('passes all documents through as they are written, and eject gives the very text back', async () => {
    const { code, stdout, stderr } = await runCommand('probe inject -f - -o yaml', { stdin: MANIFESTS });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'the probe is put into 1 workload\n' });
    const lines = stdout.split('\n');
    for (const line of MANIFESTS.split('\n')) {
      if (!line.includes('command:')) expect(lines).toContain(line);
    }
    expect(stdout).toContain(
      '            command: ["/kubectl-reload/bin/probe", "--env=LEVEL=/kubectl-reload/copy/1/LEVEL", "--spread=60", "--", cat, /healthy]   # as before\n',
    );
    const objects = parseManifests(stdout, 'stdout').map(({ raw }) => raw);
    expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Deployment', 'Service', 'ConfigMap']);
    expect(objects[3]).toMatchObject({ metadata: { name: 'kubectl-reload-probe-amd64', namespace: 'shop' } });

    const without = await runCommand('probe inject -f - --no-config-map', { stdin: MANIFESTS });
    expect(parseManifests(without.stdout, 'stdin')).toHaveLength(3);
    const twice = await runCommand('probe inject -f - -o yaml', { stdin: stdout });
    expect(twice).toMatchObject({ code: 0, stdout });
    const back = await runCommand('probe eject -f - -o yaml', { stdin: stdout });
    expect(back).toMatchObject({ code: 0, stdout: MANIFESTS, stderr: 'the probe is taken out of 1 workload\n' });
  });

  test('is what a cluster takes, and needs no cluster by itself', async () => {
    await using namespace = await useNamespace(cluster);
    const stdin = MANIFESTS.replace('  namespace: shop\n', '').replace(
      /---\napiVersion: v1\nkind: Service[\s\S]*$/,
      '',
    );
    const { stdout } = await runCommand('probe inject deploy/web -f - -o yaml --form script', { stdin });
    const { code, stderr } = await kubectl(cluster, ['apply', '--dry-run=server', '-n', namespace.name, '-f', '-'], {
      stdin: stdout,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('of several files and of JSON is one YAML; an empty input stays empty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-probe-'));
    const web = makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }));
    writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: a}');
    writeFileSync(join(folder, 'b.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [web, CONFIG] }));
    const { code, stdout } = await runCommand(['probe', 'inject', '-f', folder, '-o', 'yaml', '--form=script']);
    expect(code).toBe(0);
    expect(parseManifests(stdout, 'x').map(({ raw }) => raw['kind'])).toEqual([
      'Service',
      'Deployment',
      'ConfigMap',
      'ConfigMap',
    ]);
    expect(await runCommand('probe inject -f -', { stdin: '' })).toMatchObject({ code: 0, stdout: '' });
    expect(await runCommand('probe inject -f -', { stdin: '# nothing\n---\n' })).toMatchObject({
      code: 0,
      stdout: '# nothing\n---\n',
    });
  });

  test('is refused, with nothing printed, where it cannot be done', async () => {
    const plain = MANIFESTS.replace(/ {6}nodeSelector:\n.*\n/, '');
    const unknown = await runCommand('probe inject -f - -o yaml', { stdin: plain });
    expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain(
      'left out: deployment/web: nothing says which architecture its nodes have\n  Choose with --arch',
    );
    expect((await runCommand('probe inject -f - --arch=arm64', { stdin: plain })).stdout).toContain(
      'name: kubectl-reload-probe-arm64',
    );
    const foreign = `${MANIFESTS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubectl-reload-probe-amd64, namespace: shop}\n`;
    expect(await runCommand('probe inject -f -', { stdin: foreign })).toMatchObject({ code: 2, stdout: '' });
    const gone = await runCommand('probe inject deploy/other -f -', { stdin: MANIFESTS });
    expect(gone).toMatchObject({ code: 2, stdout: '' });
    expect(gone.stderr).toContain('deployments.apps "other" not found');
    const two = `${MANIFESTS}---\n${MANIFESTS.split('---\n')[1]
      ?.replace('name: web   # the site', 'name: tcp')
      .replace(/exec:\n.*\n/, 'tcpSocket: {port: 1}\n')}`;
    const some = await runCommand('probe inject -f -', { stdin: two });
    expect(some.code).toBe(0);
    expect(some.stderr).toContain('left out: deployment/tcp: container app has a liveness check by TCP already');
    expect(await runCommand('probe inject deploy/tcp -f -', { stdin: two })).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('probe manifest', () => {
  test('prints the ConfigMap that inject makes, which a cluster takes', async () => {
    await using namespace = await useNamespace(cluster);
    const script = await runCommand(`probe manifest --form=script -n ${namespace.name}`);
    expect(script.stdout).toContain('data:\n  probe: |\n    #!/bin/sh\n');
    const { code, stderr } = await kubectl(cluster, ['apply', '-f', '-'], {
      stdin: script.stdout.replaceAll('printf', 'echo'),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const binary = await runCommand('probe manifest --arch=amd64 -o json');
    expect(JSON.parse(binary.stdout)).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'kubectl-reload-probe-amd64' },
    });
    expect(Buffer.from(JSON.parse(binary.stdout).binaryData['probe'], 'base64').subarray(1, 4).toString()).toBe('ELF');
    // What is there already, and ours, is brought up to date.
    await apply(cluster, namespace.name, [
      CONFIG,
      makeWorkloadManifest('Deployment', 'web', makePodSpec(uses, { volumes }), { replicas: 0 }),
    ]);
    const line = `probe inject deploy/web -n ${namespace.name} --form=script --no-wait`;
    expect(await command(line)).toMatchObject({ code: 0 });
    const carrier = await readObject(namespace.name, 'configmap/kubectl-reload-probe-script');
    expect(carrier.data.probe).toContain('printf');
    expect((await runCommand('probe manifest')).stdout.match(/^ {2}name: .*$/gm)).toEqual([
      '  name: kubectl-reload-probe-amd64',
      '  name: kubectl-reload-probe-arm64',
    ]);
  });
});
