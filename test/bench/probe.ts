import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeTemporaryFolders } from '../probe/build-probe.ts';
import type { FormName } from '../probe/forms.ts';
import { prepareForm } from '../probe/forms.ts';
import type { Container, Form } from '../probe/pod.ts';
import { Pod } from '../probe/pod.ts';
import type { Contender } from './measure.ts';
import type { Group } from './scale.ts';
import { measureGroup } from './scale.ts';

const FORMS: readonly FormName[] = ['busybox', 'dash', 'amd64'];
const TITLES: Partial<Record<FormName, string>> = {
  busybox: 'script, busybox ash',
  dash: 'script, dash',
  amd64: 'binary',
};
const SIZES = [3, 100];
const SOURCE = '--volume=/etc/app';

/** A container with a mounted volume, and the probe of one form in it. */
interface Ground {
  name: FormName;
  pod: Pod;
  container: Container;
}

/**
 * What one run of the probe costs inside a container, script against binary against `/bin/true` started in the same way, without a cluster. As root,
 * as the tests of the probe.
 * @param runs of each contender
 */
export async function benchProbe(runs: number): Promise<Group[]> {
  const forms = FORMS.map(prepareForm);
  const groups: Group[] = [];
  try {
    for (const size of SIZES) groups.push(...(await benchVolume(forms, size, runs)));
  } finally {
    removeTemporaryFolders();
  }
  return groups;
}

async function benchVolume(forms: readonly Form[], size: number, runs: number): Promise<Group[]> {
  const files = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`key-${index}.conf`, `level = ${index}\n`.repeat(20)]),
  );
  const grounds: Ground[] = [];
  try {
    for (const [index, form] of forms.entries()) {
      const pod = new Pod(form);
      pod.volume('/etc/app', files);
      grounds.push({ name: FORMS[index] ?? 'amd64', pod, container: await pod.start() });
    }
    const idle = grounds.find(({ name }) => name === 'busybox');
    const nothing: Contender[] =
      idle === undefined ? [] : [{ name: '/bin/true', command: idle.container.commandOf(['/bin/true']) }];
    const measure = (title: string, contenders: Contender[]) =>
      measureGroup(`${size} keys, ${title}`, contenders, { runs, env: { PATH: '/bin:/usr/bin' } });
    const first = await measure('first run of a container', [
      ...grounds.map((ground) => ({ ...contend(ground), prepare: () => forget(ground.pod) })),
      ...nothing,
    ]);
    for (const { container, name } of grounds) {
      const { code, said } = container.probe([SOURCE]);
      if (code !== 0 || said !== '') throw new Error(`the probe as ${name} is not quiet: ${code} ${said}`);
    }
    return [first, await measure('nothing changed since', [...grounds.map(contend), ...nothing])];
  } finally {
    for (const { pod } of grounds) pod.stop();
  }
}

function contend({ name, pod, container }: Ground): Contender {
  return { name: `probe, ${TITLES[name] ?? name}`, command: container.commandOf([...pod.form.command, SOURCE]) };
}

/** As if the probe had never run in this Pod. */
function forget(pod: Pod): void {
  for (const file of pod.kept) rmSync(join(pod.sharedMemory, file));
}
