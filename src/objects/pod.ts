import type { ContainerInstance, PodObject } from '../types.ts';
import type { Intern } from './intern.ts';
import { makeIntern } from './intern.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readInteger, readObject, readObjects, readText, readTextOrNull } from './json.ts';
import { findWrittenAt } from './managed-fields.ts';
import { isReadAnnotation, readController, readCreatedAt, readReference, readTexts } from './metadata.ts';
import type { ReferenceOptions } from './references.ts';
import { findReferences } from './references.ts';
import { readServiceAccountName } from './workload.ts';

/** The labels that tell which template a pod was made from. */
const TEMPLATE_LABELS = ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'];

/**
 * A function that reduces a raw pod to what verdicts need; what has the wrong shape is taken as absent. The pods that one such
 * function projects share what their template gave them, so that thousands of a template cost little.
 */
export function makePodProjection(options: ReferenceOptions = {}): (raw: unknown) => PodObject {
  const intern = makeIntern<FromTemplate>();
  return (raw) => projectPod(raw, intern, options);
}

/** What pods of one template have in common. */
type FromTemplate = Pick<PodObject, 'controller' | 'labels' | 'annotations' | 'references'>;

function projectPod(raw: unknown, intern: Intern<FromTemplate>, options: ReferenceOptions): PodObject {
  const pod = isJsonObject(raw) ? raw : {};
  const ref = readReference(pod, { apiVersion: 'v1', kind: 'Pod' });
  const metadata = readObject(pod, 'metadata');
  const spec = readObject(pod, 'spec');
  const controller = readController(pod);
  const nodeName = readText(spec, 'nodeName');
  return {
    ref,
    uid: readText(metadata, 'uid'),
    resourceVersion: readText(metadata, 'resourceVersion'),
    createdAt: readCreatedAt(pod),
    writtenAt: findWrittenAt(pod),
    ...intern({
      controller,
      // A pod that nobody owns is a workload itself, and workloads are selected by their labels.
      labels: readTexts(metadata, 'labels', (key) => controller === null || TEMPLATE_LABELS.includes(key)),
      annotations: readTexts(metadata, 'annotations', isReadAnnotation),
      references: findReferences(spec, ref.namespace, options),
    }),
    phase: readText(readObject(pod, 'status'), 'phase'),
    deleting: readText(metadata, 'deletionTimestamp') !== '',
    serviceAccountName: readServiceAccountName(spec),
    ...(nodeName !== '' && { nodeName }),
    containers: readContainers(spec, readObject(pod, 'status')),
  };
}

const CONTAINERS = [
  ['initContainers', 'initContainerStatuses'],
  ['containers', 'containerStatuses'],
  ['ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

function readContainers(spec: JsonObject | undefined, status: JsonObject | undefined): ContainerInstance[] {
  return CONTAINERS.flatMap(([specs, statuses]) => {
    const told = readObjects(status, statuses);
    // Not every kubelet is Kubernetes' own: of a pod that runs, its containers may, though nobody says since when.
    const mayRun = specs === 'containers' && readText(status, 'phase') === 'Running';
    return readObjects(spec, specs).map((container) => {
      const name = readText(container, 'name');
      const found = told.find((one) => readText(one, 'name') === name);
      const instance = readInstance(name, specs === 'initContainers', found);
      return found === undefined && mayRun ? { ...instance, running: true } : instance;
    });
  });
}

function readInstance(name: string, init: boolean, status: JsonObject | undefined): ContainerInstance {
  const state = readObject(status, 'state');
  const running = readObject(state, 'running');
  // A container that waits for its next start holds nothing: the start before it (`lastState`) is over.
  const startedAt = readTextOrNull(running ?? readObject(state, 'terminated'), 'startedAt');
  const previous = readObject(readObject(status, 'lastState'), 'terminated');
  const probeReason = findProbeReason(readText(previous, 'message'));
  return {
    name,
    init,
    startedAt,
    running: running !== undefined,
    restartCount: readInteger(status, 'restartCount', 0),
    previousEndedAt: readTextOrNull(previous, 'finishedAt'),
    ...(probeReason !== '' && { probeReason }),
  };
}

const CHANGED = 'config changed: ';
/** Letters of a reason that are kept: anything may write into the termination log. */
const LONGEST_REASON = 300;

/** What the probe wrote into the termination log, among what the application may have written there; '' where it wrote nothing. */
function findProbeReason(message: string): string {
  const line = message.split('\n').findLast((one) => one.startsWith(CHANGED)) ?? '';
  const reason = line.slice(CHANGED.length).trim();
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason;
}
