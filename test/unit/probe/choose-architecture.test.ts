import { describe, expect, test } from 'bun:test';
import { chooseArchitecture } from '../../../src/probe/choose-architecture.ts';
import { projectNode } from '../../../src/probe/node-selection.ts';

function makeNode(name: string, architecture: string, more: { labels?: object; taints?: object[]; os?: string } = {}) {
  return projectNode({
    metadata: { name, labels: { 'kubernetes.io/arch': architecture, ...more.labels } },
    spec: { taints: more.taints },
    status: { nodeInfo: { architecture, operatingSystem: more.os ?? 'linux' } },
  });
}

const affinity = (...terms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

const AMD = makeNode('a', 'amd64', { labels: { zone: '1', size: '8' } });
const ARM = makeNode('b', 'arm64', { labels: { zone: '2' } });
const choose = (podSpec: object, nodes: Parameters<typeof chooseArchitecture>[1] = [AMD, ARM]) => {
  const chosen = chooseArchitecture({ ...podSpec }, nodes, undefined);
  return 'refused' in chosen ? chosen.refused : chosen.arch;
};

describe('the architecture of the binary', () => {
  test('is that of the nodes that the pod can run on', () => {
    expect(choose({}, [AMD])).toBe('amd64');
    expect(choose({ nodeSelector: { zone: '2' } })).toBe('arm64');
    expect(choose({ nodeSelector: { 'kubernetes.io/arch': 'amd64' } })).toBe('amd64');
    expect(choose(affinity(expression('kubernetes.io/arch', 'In', 'arm64')))).toBe('arm64');
    expect(choose(affinity(expression('kubernetes.io/arch', 'NotIn', 'arm64')))).toBe('amd64');
    expect(choose(affinity(expression('size', 'Exists')))).toBe('amd64');
    expect(choose(affinity(expression('size', 'DoesNotExist')))).toBe('arm64');
    expect(choose(affinity(expression('size', 'Gt', '4')))).toBe('amd64');
    expect(
      choose(
        affinity(expression('size', 'Lt', '4'), {
          matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }],
        }),
      ),
    ).toBe('arm64');
    expect(choose(affinity({}, expression('zone', 'In', '1')))).toBe('amd64');
  });

  test('leaves nodes out that the pod does not bear, and those of Windows; trouble that passes does not count', () => {
    const tainted = makeNode('c', 'arm64', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
    const down = makeNode('d', 'amd64', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] });
    const wished = makeNode('e', 'arm64', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] });
    const windows = makeNode('w', 'arm64', { os: 'windows' });
    const tolerations = (toleration: object) => ({ tolerations: [toleration], nodeSelector: {} });
    expect(choose({}, [down, tainted, windows])).toBe('amd64');
    expect(choose({}, [wished])).toBe('arm64');
    for (const toleration of [
      { operator: 'Exists' },
      { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'gpu', value: 'yes' },
    ])
      expect(choose(tolerations(toleration), [tainted])).toBe('arm64');
    for (const toleration of [
      { key: 'gpu', value: 'no' },
      { key: 'gpu', operator: 'Exists', effect: 'NoExecute' },
    ])
      expect(choose(tolerations(toleration), [tainted])).toContain('there is no node yet');
  });

  test('has to be chosen where nothing says it, where there are two, and where there is no binary for it', () => {
    expect(choose({})).toBe('its pods can run on nodes of amd64 and arm64, and a pod has one binary');
    expect(choose({}, null)).toBe('nothing says which architecture its nodes have');
    expect(choose({}, [])).toContain('there is no node yet that its pods could run on');
    expect(choose({}, [makeNode('z', 's390x')])).toBe('there is no binary for s390x');
    expect(chooseArchitecture({}, [AMD, ARM], 'arm64')).toEqual({
      arch: 'arm64',
      notes: ['on nodes of amd64 the probe for arm64 does not run, so that nothing restarts there'],
    });
    expect(chooseArchitecture({}, null, 'amd64')).toEqual({ arch: 'amd64', notes: [] });
  });

  test('is told by the pod itself where the nodes are not known', () => {
    expect(choose({ nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, null)).toBe('arm64');
    expect(choose({ nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, [AMD])).toBe('arm64');
    expect(choose(affinity(expression('kubernetes.io/arch', 'In', 'amd64')), null)).toBe('amd64');
    expect(
      choose(affinity(expression('kubernetes.io/arch', 'In', 'amd64'), expression('zone', 'Exists')), null),
    ).toContain('nothing says');
    expect(choose(affinity(expression('kubernetes.io/arch', 'In', 'amd64', 'arm64')), null)).toContain(
      'amd64 and arm64',
    );
  });
});
