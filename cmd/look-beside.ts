import { randomBytes } from 'node:crypto';
import type { Cluster } from '../src/cluster/cluster.ts';
import { addEphemeralContainer } from '../src/cluster/exec-ephemeral.ts';
import { ExecError } from '../src/cluster/exec-error.ts';
import { readPods } from '../src/cluster/read-pods.ts';
import { ReloadError } from '../src/error.ts';
import { isJsonObject, readObject, readText } from '../src/objects/json.ts';
import { readReference } from '../src/objects/metadata.ts';
import { objectKey } from '../src/objects/object-key.ts';
import type { EphemeralContainer } from '../src/staleness/observe-ephemeral.ts';
import {
  checkEphemeral,
  endEphemeral,
  makeEphemeralContainer,
  readEphemeralState,
} from '../src/staleness/observe-ephemeral.ts';
import type { Beside, BlindContainer, Opened } from '../src/staleness/observe-pods.ts';
import { countOf, escapeControls, joinWords } from '../src/view/text.ts';
import { confirm } from './confirm.ts';
import { runInContainer } from './run-in-container.ts';
import type { Streams } from './streams.ts';

/** Flags of the commands that look into containers. */
export interface LookFlags {
  /** Look into every pod, and not into some of those of one template. */
  allPods?: boolean;
  /** The image of ephemeral containers. */
  ephemeral?: string;
  yes?: boolean;
}

/** Ephemeral containers that the user wants where they are needed. */
export interface EphemeralChoice {
  image: string;
  /** Asked and agreed to on the command line. */
  agreed: boolean;
}

/**
 * What the flags say of ephemeral containers.
 * @throws ReloadError where nobody could be asked
 */
export function readEphemeralChoice({ ephemeral, yes = false }: LookFlags, streams: Streams): EphemeralChoice | null {
  if (ephemeral === undefined) return null;
  if (ephemeral.trim() === '')
    throw new ReloadError('--ephemeral takes the name of an image that has sh, cat and stat');
  if (!yes && streams.stdin.isTTY !== true) {
    throw new ReloadError('an ephemeral container stays in its pod, and there is no terminal to ask on', {
      hint: 'Say --yes to go on without the question.',
    });
  }
  return { image: ephemeral, agreed: yes };
}

/** Milliseconds that an ephemeral container may take to run. */
const PATIENCE = 30_000;

/** Makes what adds ephemeral containers. */
export function makeBeside(cluster: Cluster, { image, agreed }: EphemeralChoice, streams: Streams): Beside {
  return {
    agree: async (containers) => agreed || (await confirm(describe(containers, image), streams)),
    open: (pod, container) => open(cluster, pod, { container, image }, streams.interrupted),
  };
}

const SHOWN = 5;

function describe(containers: readonly BlindContainer[], image: string): string {
  const pods = [...new Set(containers.map(({ pod }) => pod.name))];
  const which = pods.length > 1 ? 'these pods' : 'this pod';
  return [
    `${countOf(containers.length, 'container')} of ${countOf(pods.length, 'pod')} can only be looked into from an ephemeral container: ${joinWords(pods, SHOWN)}`,
    `It runs ${escapeControls(image)} for a moment, and stays in the spec of ${which} until ${pods.length > 1 ? 'they go' : 'it goes'}.`,
    `Add ${countOf(containers.length, 'ephemeral container')}?`,
  ].join('\n');
}

async function open(
  cluster: Cluster,
  raw: unknown,
  { container, image }: { container: string; image: string },
  signal: AbortSignal,
): Promise<Opened> {
  const refuse = (message: string, isRefused = false): Opened => {
    return { opened: false, why: `the ephemeral container failed: ${message}`, isRefused };
  };
  if (!isJsonObject(raw)) return refuse('the pod is gone');
  const pod = readReference(raw, { apiVersion: 'v1', kind: 'Pod' });
  const name = `reload-look-${randomBytes(4).toString('hex')}`;
  const ephemeral: EphemeralContainer = makeEphemeralContainer(raw, { target: container, image, name });
  if (ephemeral.made === null) return refuse(ephemeral.why);
  const inIt = (command: readonly string[]) =>
    runInContainer(cluster, { namespace: pod.namespace, pod: pod.name, container: name, command, signal });
  try {
    await addEphemeralContainer(cluster, {
      pod,
      uid: readText(readObject(raw, 'metadata'), 'uid'),
      container: ephemeral.made,
      readState: async () => readEphemeralState((await readPods(cluster, [pod], signal)).get(objectKey(pod)), name),
      patience: PATIENCE,
      signal,
    });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return refuse(error.message, error.kind === 'forbidden');
  }
  const trouble = await checkEphemeral(inIt, name);
  const end = () => endEphemeral(inIt, name);
  if (trouble === null) return { opened: true, run: inIt, end };
  await end();
  return refuse(trouble);
}
