/** Which binary pods get, by the nodes of a real API server; nothing is ever scheduled to these. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import type { TestNamespace } from '../cluster/shared.ts';
import { apply, askKubectl, callAdmin, useNamespace } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

const TIMEOUT = 120_000;
/** Only pods of this test bear it. */
const TAINT = 'probe-architecture.example.com/pool';

let cluster: TestCluster;
let namespace: TestNamespace;
const nodes: string[] = [];
beforeAll(async () => {
  cluster = await useProbeCluster();
  namespace = await useNamespace(cluster);
  for (const architecture of ['amd64', 'arm64']) {
    const name = `${namespace.name}-${architecture}`;
    const { status, text } = await callAdmin(cluster, 'POST', '/api/v1/nodes', makeNode(name, architecture));
    if (status !== 201) throw new Error(`creating ${name}: ${text}`);
    nodes.push(name);
  }
}, SETUP_TIMEOUT);
afterAll(async () => {
  for (const name of nodes) await callAdmin(cluster, 'DELETE', `/api/v1/nodes/${name}`);
  await namespace[Symbol.asyncDispose]();
});

function makeNode(name: string, architecture: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/arch': architecture, 'kubernetes.io/os': 'linux', [TAINT]: namespace.name },
    },
    spec: {
      unschedulable: true,
      taints: ['NoSchedule', 'NoExecute'].map((effect) => ({ key: TAINT, value: namespace.name, effect })),
    },
    status: { nodeInfo: { architecture, operatingSystem: 'linux' } },
  };
}

const inArchitecture = (...values: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values }] }],
      },
    },
  },
});

/** A workload without pods, for the nodes of this test. */
function makeDeployment(name: string, more: object): object {
  const podSpec = makePodSpec(
    { envFrom: [{ configMapRef: { name: 'web' } }] },
    {
      tolerations: [{ key: TAINT, value: namespace.name }],
      nodeSelector: { [TAINT]: namespace.name },
      ...more,
    },
  );
  return makeWorkloadManifest('Deployment', name, podSpec, { replicas: 0 });
}

const command = (line: string) => runCommand(`${line} -n ${namespace.name}`, { kubeconfig: cluster.kubeconfig });

test(
  'pods that can run on nodes of two architectures are refused with what helps, and those that insist on one get its binary',
  async () => {
    const { name } = namespace;
    await apply(cluster, name, [
      makeConfigMap('web', { LEVEL: 'info' }),
      makeDeployment('mixed', {}),
      makeDeployment('either', inArchitecture('amd64', 'arm64')),
      makeDeployment('selected', { nodeSelector: { 'kubernetes.io/arch': 'arm64', [TAINT]: name } }),
      makeDeployment('bound', inArchitecture('arm64')),
    ]);
    for (const target of ['mixed', 'either']) {
      const refused = await command(`probe inject deploy/${target}`);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toBe(
        `left out: deployment/${target}: its pods can run on nodes of amd64 and arm64, and a pod has one binary\n` +
          '  Choose with --arch=amd64 or --arch=arm64 and a nodeSelector kubernetes.io/arch, or take --form=script, which runs on any.\n',
      );
    }
    const chosen = await command('probe inject deploy/selected deploy/bound --no-wait');
    expect(chosen).toMatchObject({
      code: 0,
      stdout: 'deployment.apps/bound injected\ndeployment.apps/selected injected\n',
    });
    const carriers = await askKubectl(cluster, [
      ...['-n', name, 'get', 'deployments', '-o'],
      'jsonpath={range .items[*]}{.metadata.name} {.spec.template.spec.volumes[*].configMap.name}{"\\n"}{end}',
    ]);
    expect(carriers).toBe(
      'bound kubectl-reload-probe-arm64 web\neither \nmixed \nselected kubectl-reload-probe-arm64 web\n',
    );

    const told = await command('probe inject deploy/mixed --arch=arm64 --dry-run=server');
    expect(told.code).toBe(0);
    expect(told.stdout).toContain(
      '! deployment/mixed: on nodes of amd64 the probe for arm64 does not run, so that nothing restarts there\n',
    );
    const script = await command('probe inject deploy/mixed deploy/either --form=script --no-wait');
    expect(script).toMatchObject({ code: 0 });
    const { binaryData, data } = JSON.parse(
      await askKubectl(cluster, ['-n', name, 'get', 'configmap', 'kubectl-reload-probe-script', '-o', 'json']),
    );
    expect({ binaryData, data }).toEqual({
      binaryData: undefined,
      data: { probe: expect.stringMatching(/^#!\/bin\/sh\n/) },
    });
  },
  TIMEOUT,
);
