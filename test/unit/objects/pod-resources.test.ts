import { expect, test } from 'bun:test';
import { sumPodResources } from '../../../src/objects/pod-resources.ts';

const container = (requests?: object, limits?: object, rest: object = {}) => ({
  resources: { ...(requests && { requests }), ...(limits && { limits }) },
  ...rest,
});

test('containers run side by side, so what they ask for is summed', () => {
  expect(
    sumPodResources({
      containers: [container({ cpu: '100m', memory: '1Ki' }), container({ cpu: '0.4' }, { memory: 2048 })],
    }),
  ).toEqual({ 'requests.cpu': 0.5, 'requests.memory': 1024 + 2048, 'limits.memory': 2048 });
});

test('a limit alone is a request too', () => {
  expect(sumPodResources({ containers: [container(undefined, { cpu: 1 })] })).toEqual({
    'limits.cpu': 1,
    'requests.cpu': 1,
  });
  expect(sumPodResources({ containers: [container({ cpu: 0.5 }, { cpu: 1 })] })['requests.cpu']).toBe(0.5);
});

test('init containers run before, one after another, so the largest counts where it is larger', () => {
  const initContainers = [container({ cpu: 3 }), container({ cpu: 2, memory: 5 })];
  expect(sumPodResources({ initContainers, containers: [container({ cpu: 1, memory: 8 })] })).toEqual({
    'requests.cpu': 3,
    'requests.memory': 8,
  });
});

test('a sidecar runs beside the init containers after it and beside the containers', () => {
  const sidecar = container({ cpu: 1 }, undefined, { restartPolicy: 'Always' });
  const containers = [container({ cpu: 2 })];
  expect(sumPodResources({ initContainers: [sidecar], containers })).toEqual({ 'requests.cpu': 3 });
  expect(sumPodResources({ initContainers: [sidecar, container({ cpu: 5 })], containers })).toEqual({
    'requests.cpu': 6,
  });
  expect(sumPodResources({ initContainers: [container({ cpu: 5 }), sidecar], containers })).toEqual({
    'requests.cpu': 5,
  });
});

test('what the pod asks for as a whole stands for its containers, and the overhead comes on top', () => {
  expect(
    sumPodResources({
      resources: { requests: { cpu: 4 } },
      overhead: { cpu: 1 },
      containers: [container({ cpu: 1, memory: 7 })],
    }),
  ).toEqual({ 'requests.cpu': 5, 'requests.memory': 7 });
});

test('a template that says nothing asks for nothing', () => {
  expect(sumPodResources(undefined)).toEqual({});
  expect(sumPodResources({ containers: [{ name: 'app' }], initContainers: [{}] })).toEqual({});
});
