import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Random } from '../support/random.ts';
import { makeRandom } from '../support/random.ts';
import type { AtomicVolume, Files } from './atomic-volume.ts';
import { removeTemporaryFolders } from './build-probe.ts';
import type { FormName } from './forms.ts';
import { prepareForm } from './forms.ts';
import type { Container, Form } from './pod.ts';
import { Pod } from './pod.ts';

// PROBE_HISTORY_SEED=7 tries other histories.
const seed = Number(process.env['PROBE_HISTORY_SEED'] ?? '1');
const keys = ['a', 'b', 'c', 'd'] as const;

/** What a correct probe knows: written from README.md, not from the probe. */
class Model {
  #baseline: Files | undefined;
  #mark: { readonly seen: Files; readonly instance: number } | undefined;
  #instance = 0;
  #swappedSinceStart = false;
  readonly #watched: readonly string[];

  constructor(watched: readonly string[]) {
    this.#watched = watched;
  }

  restart(): void {
    this.#instance += 1;
    this.#baseline = undefined;
    this.#swappedSinceStart = false;
  }

  swap(): void {
    this.#swappedSinceStart = true;
  }

  /** What it says of these files. */
  answer(files: Files): { code: number; said: string } {
    const seen = Object.fromEntries(
      Object.entries(files).filter(([key]) => this.#watched.length === 0 || this.#watched.includes(key)),
    );
    const fresh = (known: Files) =>
      Object.keys(seen)
        .filter((key) => known[key] !== seen[key])
        .sort();
    if (this.#baseline === undefined) {
      // The mark that this instance left itself says nothing.
      const mark = this.#mark?.instance === this.#instance ? undefined : this.#mark;
      const restart = this.#swappedSinceStart && (mark === undefined || fresh(mark.seen).length > 0);
      if (!restart) this.#baseline = seen;
      return this.#say(restart ? '/etc/app was updated' : undefined, seen);
    }
    const missing = Object.keys(this.#baseline)
      .filter((key) => seen[key] === undefined)
      .sort()[0];
    const changed = fresh(this.#baseline);
    const listed =
      changed.length > 3 ? `${changed.slice(0, 3).join(', ')} and ${changed.length - 3} more` : changed.join(', ');
    const reason = changed.length === 0 ? undefined : `/etc/app was updated (${listed})`;
    if (reason !== undefined && missing !== undefined && this.#watched.length > 0) {
      return { code: 0, said: `config changed, kept running because /etc/app/${missing} is gone: ${reason}\n` };
    }
    return this.#say(reason, seen);
  }

  #say(reason: string | undefined, seen: Files): { code: number; said: string } {
    if (reason === undefined) return { code: 0, said: '' };
    this.#mark = { seen, instance: this.#instance };
    return { code: 1, said: `config changed: ${reason}\n` };
  }
}

function randomFiles(random: Random): Files {
  return Object.fromEntries(keys.filter(() => !random.once(4)).map((key) => [key, random.pick(['1', '2', '3'])]));
}

describe.each<FormName>(['amd64', 'busybox', 'dash'])('random histories of a volume, with the probe as %s', (name) => {
  let form: Form;
  beforeAll(() => {
    form = prepareForm(name);
  }, 120_000);
  const pods: Pod[] = [];
  afterAll(() => {
    for (const pod of pods) pod.stop();
    removeTemporaryFolders();
  });

  test.each(Array.from({ length: 8 }, (_, index) => seed * 100 + index))(
    'history %d',
    async (number) => {
      const random = makeRandom(number);
      const watched = random.pick<readonly string[]>([[], ['a'], ['a', 'b'], ['b', 'c', 'd']]);
      const args = ['--volume=/etc/app', ...watched.map((key) => `--key=${key}`)];
      const pod = new Pod(form);
      pods.push(pod);
      let files = randomFiles(random);
      const volume: AtomicVolume = pod.volume('/etc/app', files);
      const model = new Model(watched);
      let container: Container = await pod.start();
      const told: string[] = [];
      for (let step = 0; step < 25; step++) {
        const what = random.below(10);
        if (what < 4) {
          files = what === 0 ? files : randomFiles(random);
          volume.write(files);
          model.swap();
          told.push(`write ${JSON.stringify(files)}`);
        } else if (what < 5) {
          container = await pod.start();
          model.restart();
          told.push('restart');
        } else {
          const expected = model.answer(files);
          told.push(`probe: ${expected.said}`);
          expect({ told, ...container.probe(args) }).toEqual({ told, ...expected });
          if (expected.code === 1 && !random.once(4)) {
            container = await pod.start();
            model.restart();
            told.push('restarted by the probe');
          }
        }
      }
    },
    60_000,
  );
});
