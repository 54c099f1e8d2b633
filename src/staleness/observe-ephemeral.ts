import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readFlag, readInteger, readObject, readObjects, readText } from '../objects/json.ts';
import type { RunCommand } from './observe.ts';

/** An ephemeral container that sees the processes of another container, or why none can. */
export type EphemeralContainer = { made: JsonObject; name: string } | { made: null; why: string };

/** Seconds after which it ends by itself, if nobody has ended it before. */
const LIFE = 120;

/** Of the command line that an ephemeral container runs, with its name behind: what tells its process from all others. */
const WAIT = `trap 'exit 0' TERM; n=0; while [ $n -lt ${LIFE} ]; do sleep 1; n=$((n + 1)); done`;

/**
 * Makes the container that looks into another one of a running pod. It runs as the user of that one, for a process may only look into
 * processes of its own user that may not do more than itself, and asks for no right beyond that, so that it may be added where that
 * one was admitted.
 * https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 * @param pod the raw pod
 * @param name one that no container of the pod had before: none of them can be taken away or started again
 */
export function makeEphemeralContainer(
  pod: JsonObject,
  { target, image, name }: { target: string; image: string; name: string },
): EphemeralContainer {
  const spec = readObject(pod, 'spec');
  if (readFlag(spec, 'shareProcessNamespace') || readFlag(spec, 'hostPID')) {
    const why = 'the containers of its pod share their processes, which an ephemeral container cannot tell apart';
    return { made: null, why };
  }
  return {
    name,
    made: {
      name,
      image,
      targetContainerName: target,
      command: ['sh', '-c', WAIT, name],
      securityContext: makeSecurityContext(pod, target),
    },
  };
}

function makeSecurityContext(pod: JsonObject, target: string): JsonObject {
  const spec = readObject(pod, 'spec');
  const own = findNamed(spec, ['containers', 'initContainers'], target);
  const ofPod = readObject(spec, 'securityContext');
  const ofContainer = readObject(own, 'securityContext');
  // Newer kubelets tell whom the process runs as, also where the image says so.
  const status = findNamed(readObject(pod, 'status'), ['containerStatuses', 'initContainerStatuses'], target);
  const user = readObject(readObject(status, 'user'), 'linux');
  const read = (told: string, field: string): number | null =>
    readInteger(user, told, null) ?? readInteger(ofContainer, field, null) ?? readInteger(ofPod, field, null);
  const [uid, gid] = [read('uid', 'runAsUser'), read('gid', 'runAsGroup')];
  return {
    ...(uid !== null && { runAsUser: uid }),
    ...(gid !== null && { runAsGroup: gid }),
    ...(uid !== null && uid !== 0 && { runAsNonRoot: true }),
    ...(uid === 0 ? likeRoot(ofContainer) : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A process without root's user has no capabilities, so that none are needed to look into it. Into one of root's it takes all that it has. */
function likeRoot(target: JsonObject | undefined): JsonObject {
  if (readFlag(target, 'privileged')) return { capabilities: { add: ['SYS_PTRACE'] } };
  const fields = ['allowPrivilegeEscalation', 'capabilities'];
  return Object.fromEntries(fields.flatMap((field) => (target?.[field] === undefined ? [] : [[field, target[field]]])));
}

function findNamed(from: JsonObject | undefined, fields: readonly string[], name: string): JsonObject | undefined {
  return fields.flatMap((field) => readObjects(from, field)).find((one) => readText(one, 'name') === name);
}

const CHECK = `case $(cat /proc/1/cmdline 2>/dev/null) in *"$1"*) echo own; exit ;; esac
if cat /proc/1/environ >/dev/null 2>&1 && [ -e /proc/1/root/. ]; then echo open; exit; fi
while read -r k v x; do [ "$k" != Uid: ] || echo "closed $v"; done < /proc/1/status`;

/**
 * Checks that the first process that an ephemeral container sees is the one of its target, and may be looked into.
 * @returns why not; `null` when all is well
 */
export async function checkEphemeral(run: RunCommand, name: string): Promise<string | null> {
  const outcome = await run(['sh', '-c', CHECK, 'sh', name]);
  if (outcome.result === 'no-command') return 'the image of the ephemeral container has no sh';
  if (outcome.result !== 'ended') return outcome.message;
  const [word, uid = ''] = Buffer.from(outcome.stdout).toString('latin1').trim().split(' ');
  switch (word) {
    case 'open':
      return null;
    case 'own':
      return 'the container runtime of the node does not show an ephemeral container the processes of another one';
    case 'closed':
      return `permission denied: the ephemeral container may not look into processes of user ${uid}, or these forbid it`;
    default:
      return 'the image of the ephemeral container lacks cat, or there is no first process to look into';
  }
}

/** Only its own process has this command line; whatever else has the same user is left alone. */
const END = `for p in /proc/[0-9]*; do case $(cat "$p/cmdline" 2>/dev/null) in sh-ctrap*"$1") kill "\${p#/proc/}" ;; esac; done`;

/** Ends an ephemeral container, which would end by itself a little later. */
export async function endEphemeral(run: RunCommand, name: string): Promise<void> {
  await run(['sh', '-c', END, 'sh', name]);
}

/** Where an ephemeral container stands. */
export type EphemeralState =
  | { state: 'running' }
  /** `final` when waiting is no use. */
  | { state: 'waiting'; final: boolean; why: string };

/** What Kubernetes tells of containers that will not start, however long one waits. */
const FINAL = [
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
];

/** Reads the state of an ephemeral container in the raw pod. */
export function readEphemeralState(pod: unknown, name: string): EphemeralState {
  const status = readObject(isJsonObject(pod) ? pod : undefined, 'status');
  if (status === undefined) return { state: 'waiting', final: true, why: 'the pod is gone' };
  const state = readObject(findNamed(status, ['ephemeralContainerStatuses'], name), 'state');
  if (readObject(state, 'running') !== undefined) return { state: 'running' };
  const ended = readObject(state, 'terminated');
  const told = ended ?? readObject(state, 'waiting');
  const [reason, message] = [readText(told, 'reason'), readText(told, 'message')];
  const why = message === '' ? reason : `${reason}: ${message}`;
  if (ended !== undefined) return { state: 'waiting', final: true, why: `it ended at once, ${why}` };
  return { state: 'waiting', final: FINAL.includes(reason), why: why || 'the kubelet has not told of it' };
}
