import { afterAll, afterEach, beforeAll, describe, test } from 'bun:test';
import { removeTemporaryFolders } from './build-probe.ts';
import { cases } from './cases.ts';
import type { FormName } from './forms.ts';
import { prepareForm } from './forms.ts';
import type { Form } from './pod.ts';
import { Pod } from './pod.ts';

/** Plays every case of the contract with one form of the probe. */
export function describeConformance(name: FormName): void {
  describe(`the probe as ${name}`, () => {
    let form: Form;
    const pods: Pod[] = [];
    beforeAll(() => {
      form = prepareForm(name);
    }, 120_000);
    afterAll(removeTemporaryFolders);
    afterEach(() => {
      for (const pod of pods.splice(0)) pod.stop();
    });
    for (const { title, only, play } of cases) {
      if (only !== undefined && !only.includes(name)) continue;
      test(title, async () => {
        const newPod = (uid?: string) => {
          const pod = new Pod(form, uid);
          pods.push(pod);
          return pod;
        };
        await play({ pod: newPod(), newPod, form });
      }, 60_000);
    }
  });
}
