import { expect, test } from 'bun:test';
import type { ProbedContainer, ProbeStep } from '../../../src/types.ts';
import { renderProbePlan, renderProbeSkips } from '../../../src/view/probe-plan.ts';
import { makeRef } from '../../support/make-objects.ts';

function makeStep(container: Partial<ProbedContainer>, warnings: string[] = []): ProbeStep {
  const whole: ProbedContainer = {
    name: 'app',
    check: 'liveness',
    watches: ['/etc/app', 'LEVEL'],
    command: [],
    keeps: null,
    ...container,
  };
  return { workload: makeRef('Deployment', 'web'), uid: 'u', containers: [whole], held: false, warnings, patch: [] };
}

test('a plan is a line a container, with what is kept where anything is, and warnings below', () => {
  const style = { showNamespace: false, headers: true };
  expect(renderProbePlan({ steps: [makeStep({})] }, style)).toBe(
    'WORKLOAD        CONTAINER  CHECK     WATCHES\ndeployment/web  app        liveness  /etc/app and LEVEL\n',
  );
  expect(
    renderProbePlan({ steps: [makeStep({ keeps: 'exec' }, ['mind \x1b this'])] }, { ...style, showNamespace: true }),
  ).toBe(
    'NAMESPACE  WORKLOAD        CONTAINER  CHECK     KEEPS           WATCHES\nshop       deployment/web  app        liveness  its exec check  /etc/app and LEVEL\n! deployment/web: mind \\x1b this\n',
  );
  expect(renderProbePlan({ steps: [makeStep({ watches: [] })] }, { showNamespace: false, headers: false })).toBe(
    'deployment/web  app  liveness\n',
  );
});

test('what is left out is told with what helps', () => {
  const workload = makeRef('Deployment', 'web');
  expect(renderProbeSkips([{ workload, reason: 'no\n', hint: 'Do this.\nOr that.', refused: true }], true)).toBe(
    'left out: shop/deployment/web: no\\n\n  Do this.\n  Or that.\n',
  );
});
