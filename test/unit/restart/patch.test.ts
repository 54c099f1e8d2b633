import { describe, expect, test } from 'bun:test';
import { makeRestartPatch } from '../../../src/restart/patch.ts';

const NOON = Date.parse('2026-01-01T12:00:00.250Z');

describe('the patch of a restart', () => {
  test('sets the two annotations of the template and nothing else, of the object with this uid', () => {
    expect(makeRestartPatch({ action: 'patch', uid: 'u-1' }, NOON, '{"v":1}')).toEqual({
      contentType: 'application/strategic-merge-patch+json',
      body: {
        metadata: { uid: 'u-1' },
        spec: {
          template: {
            metadata: {
              annotations: {
                'kubectl.kubernetes.io/restartedAt': '2026-01-01T12:00:00.250Z',
                'kubectl-reload.dev/config': '{"v":1}',
              },
            },
          },
        },
      },
    });
  });

  test('leaves the stamp alone where there is none', () => {
    expect(JSON.stringify(makeRestartPatch({ action: 'patch', uid: 'u-1' }, NOON, null))).not.toContain(
      'kubectl-reload.dev',
    );
  });

  test('differs between two restarts within one second', () => {
    const first = makeRestartPatch({ action: 'patch', uid: 'u-1' }, NOON, null);
    expect(makeRestartPatch({ action: 'patch', uid: 'u-1' }, NOON + 1, null)).not.toEqual(first);
  });

  test('of an Argo Rollout names the next whole second, by merge patch', () => {
    const patch = makeRestartPatch({ action: 'restartAt', uid: 'u-1' }, NOON, '{"v":1}');
    expect(patch).toEqual({
      contentType: 'application/merge-patch+json',
      body: { metadata: { uid: 'u-1' }, spec: { restartAt: '2026-01-01T12:00:01Z' } },
    });
    expect(makeRestartPatch({ action: 'restartAt', uid: 'u-1' }, NOON - 250, null).body).toMatchObject({
      spec: { restartAt: '2026-01-01T12:00:01Z' },
    });
  });
});
