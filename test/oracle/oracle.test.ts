import { beforeAll, expect, test } from 'bun:test';
import { askReferences, askRolloutStatus, buildOracle } from './oracle.ts';

const minutes = 60_000;

beforeAll(async () => {
  await buildOracle({ onProgress: (line) => process.stderr.write(`${line}\n`) });
}, 20 * minutes);

test('references are found in volumes and in every kind of container, each once and sorted', async () => {
  const environment = (name: string) => ({ name: 'c', envFrom: [{ configMapRef: { name } }] });
  const pod = {
    spec: {
      volumes: [
        { name: 'a', configMap: { name: 'volume' } },
        { name: 'b', projected: { sources: [{ secret: { name: 'projected' } }] } },
      ],
      containers: [environment('main'), environment('volume')],
      initContainers: [environment('init')],
      ephemeralContainers: [environment('ephemeral')],
      imagePullSecrets: [{ name: 'pull' }],
    },
  };
  expect(await askReferences([pod, { spec: {} }])).toEqual([
    { configmaps: ['ephemeral', 'init', 'main', 'volume'], secrets: ['projected', 'pull'] },
    { configmaps: [], secrets: [] },
  ]);
});

test('the rollout status is the one of kubectl, with its errors', async () => {
  const deployment = (status: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', generation: 2 },
    spec: { replicas: 3 },
    status: { observedGeneration: 2, ...status },
  });
  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
  expect(
    await askRolloutStatus([
      deployment({ updatedReplicas: 1, replicas: 3, availableReplicas: 3 }),
      deployment({ updatedReplicas: 3, replicas: 3, availableReplicas: 3 }),
      deployment({ conditions: [late] }),
    ]),
  ).toEqual([
    {
      message: 'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...\n',
      done: false,
      error: '',
    },
    { message: 'deployment "web" successfully rolled out\n', done: true, error: '' },
    { message: '', done: false, error: 'deployment "web" exceeded its progress deadline' },
  ]);
});

test('an object that is not a workload is an error that names the kind', async () => {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
  await expect(askRolloutStatus([configMap])).rejects.toThrow('ConfigMap');
});
