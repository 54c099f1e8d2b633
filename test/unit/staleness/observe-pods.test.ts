import { describe, expect, test } from 'bun:test';
import { objectKey } from '../../../src/objects/object-key.ts';
import { readConfigContent } from '../../../src/staleness/expected-content.ts';
import type { RunCommand } from '../../../src/staleness/observe.ts';
import type { Beside, BlindContainer, Opened } from '../../../src/staleness/observe-pods.ts';
import { makePodObserver } from '../../../src/staleness/observe-pods.ts';
import { runInFake } from '../../support/fake-container.ts';
import { makePod, makeRef, makeUse } from '../../support/make-objects.ts';

const BARE: RunCommand = async () => ({ result: 'no-command' });
const LEVEL = { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } };

interface Setting {
  pods?: number;
  containers?: string[];
  agrees?: boolean;
  /** Without it, nobody wants ephemeral containers. */
  open?: (pod: string, container: string) => Opened | Promise<Opened>;
  run?: (container: string) => RunCommand;
}

/** Looks into pods, then from beside. */
async function look({ pods = 1, containers = ['app'], agrees = true, open, run = () => BARE }: Setting) {
  const questions: (readonly BlindContainer[])[] = [];
  const seen = new Map<string, string>();
  const environments: string[] = [];
  const beside: Beside = {
    agree: async (blind) => {
      questions.push(blind);
      return agrees;
    },
    open: async (raw, container) => {
      const name = typeof raw === 'object' && raw !== null && 'name' in raw ? String(raw.name) : '';
      return open?.(name, container) ?? { opened: false, why: 'nobody opens', isRefused: false };
    },
  };
  const observer = makePodObserver(
    {
      readPods: async (refs) =>
        new Map(
          refs.map((ref) => {
            const spec = { containers: containers.map((name) => ({ name, env: [LEVEL] })) };
            const status = { containerStatuses: containers.map((name) => ({ name, imageID: 'sha256:1' })) };
            return [objectKey(ref), { name: ref.name, metadata: { uid: ref.name }, spec, status }];
          }),
        ),
      readContent: async () => readConfigContent({ data: { LEVEL: 'info' } }, 'ConfigMap'),
      run: (_pod, container) => run(container),
      ...(open && { beside }),
    },
    {
      keep: (pod, { use, seen: what }) =>
        seen.set(`${pod.ref.name}/${use.container}`, what.seen === 'nothing' ? what.why : what.seen),
      keepEnvironment: (pod, { container }) => environments.push(`${pod.ref.name}/${container}`),
    },
  );
  const wanted = Array.from({ length: pods }, (_, index) => {
    const pod = makePod({ ref: makeRef('Pod', `web-${index}`), uid: `web-${index}` });
    return { pod, uses: containers.map((container) => makeUse({ container })) };
  });
  await observer.look(wanted);
  await observer.lookBeside();
  return { questions, seen: Object.fromEntries(seen), troubles: observer.troubles(), environments };
}

const NO_TOOLS = 'the image has no sh, cat or env to look with (--ephemeral looks with those of another one)';
const opened = (level: string, end = async () => {}): Opened => ({
  opened: true,
  run: runInFake({ environment: { PATH: '/bin', LEVEL: level } }),
  end,
});

describe('containers whose image has nothing to look with', () => {
  test('stay unseen where nobody wants ephemeral containers, or the user does not agree', async () => {
    expect(await look({})).toEqual({ questions: [], seen: { 'web-0/app': NO_TOOLS }, troubles: [], environments: [] });
    const added: string[] = [];
    const open = (pod: string) => {
      added.push(pod);
      return opened('info');
    };
    const refused = await look({ open, agrees: false, pods: 2 });
    expect(refused.seen).toEqual({ 'web-0/app': NO_TOOLS, 'web-1/app': NO_TOOLS });
    expect([refused.questions.length, added]).toEqual([1, []]);
  });

  test('are looked into after one question for all of them, each from its own, which is ended', async () => {
    const log: string[] = [];
    const { questions, seen, environments } = await look({
      pods: 2,
      containers: ['app', 'side', 'tools'],
      run: (container) => (container === 'tools' ? runInFake({ environment: { LEVEL: 'info' } }) : BARE),
      open: (pod, container) => {
        log.push(`open ${pod}/${container}`);
        return opened(container === 'app' ? 'info' : 'debug', async () => {
          log.push(`end ${pod}/${container}`);
        });
      },
    });
    expect(questions.map((blind) => blind.map(({ pod, container }) => `${pod.name}/${container}`))).toEqual([
      ['web-0/app', 'web-0/side', 'web-1/app', 'web-1/side'],
    ]);
    expect(seen).toEqual({
      'web-0/app': 'same',
      'web-0/side': 'different',
      'web-0/tools': 'same',
      'web-1/app': 'same',
      'web-1/side': 'different',
      'web-1/tools': 'same',
    });
    expect(log.filter((line) => line.includes('web-1'))).toEqual([
      'open web-1/app',
      'end web-1/app',
      'open web-1/side',
      'end web-1/side',
    ]);
    // What a process has made of its environment tells nothing of the image.
    expect(environments.sort()).toEqual(['web-0/tools', 'web-1/tools']);
  });

  test('are not asked about where none is so', async () => {
    const run = () => runInFake({ environment: { LEVEL: 'info' } });
    expect((await look({ run, open: () => opened('x') })).questions).toEqual([]);
  });

  test('tell what an ephemeral container failed for; a missing right ends the attempts in its namespace', async () => {
    const failed = await look({ pods: 3, open: (pod) => ({ opened: false, why: `${pod} fails`, isRefused: false }) });
    expect(failed.seen).toEqual({ 'web-0/app': 'web-0 fails', 'web-1/app': 'web-1 fails', 'web-2/app': 'web-2 fails' });
    expect(failed.troubles).toEqual(['web-0 fails', 'web-1 fails', 'web-2 fails']);

    let attempts = 0;
    const refused = await look({
      pods: 40,
      open: async (pod) => {
        attempts++;
        return { opened: false, why: `no right to ${pod}`, isRefused: true };
      },
    });
    expect(refused.troubles).toHaveLength(1);
    expect(attempts).toBeLessThanOrEqual(4);
    expect(Object.values(refused.seen).filter((why) => why === NO_TOOLS).length).toBeGreaterThanOrEqual(36);
  });
});
