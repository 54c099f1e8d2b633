import { RESTARTED_AT_ANNOTATION, STAMP_ANNOTATION } from '../name.ts';
import type { RestartStep } from '../types.ts';

/** A request body that changes a workload. */
export interface RestartPatch {
  contentType: 'application/strategic-merge-patch+json' | 'application/merge-patch+json';
  body: object;
}

/** What a restart writes to a pod template; `null` stands for no such annotation. */
export interface TemplateMarks {
  restartedAt: string | null;
  stamp: string | null;
}

/**
 * The patch that restarts a workload: two annotations of its pod template, or the `restartAt` of an Argo Rollout. Never more, so
 * that nobody else's change is taken back. The uid makes the server refuse when the object of this name is another one by now.
 *
 * @param time milliseconds since 1970
 * @param stamp the value of the stamp annotation; `null` leaves it as it is
 */
export function makeRestartPatch(
  step: Pick<RestartStep, 'uid'> & { action: 'patch' | 'restartAt' },
  time: number,
  stamp: string | null,
): RestartPatch {
  switch (step.action) {
    case 'patch': {
      const annotations = { [RESTARTED_AT_ANNOTATION]: formatRestartedAt(time) };
      return patchTemplate(step.uid, stamp === null ? annotations : { ...annotations, [STAMP_ANNOTATION]: stamp });
    }
    case 'restartAt':
      return {
        // Custom resources know no strategic merge: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
        contentType: 'application/merge-patch+json',
        body: { metadata: { uid: step.uid }, spec: { restartAt: nextSecond(time) } },
      };
    default:
      return step.action satisfies never;
  }
}

/**
 * The patch that puts our annotations back to what they were. The template is then the one from before, and its controllers take up the
 * old ReplicaSet or revision; what others changed in the template since stays.
 */
export function makeUndoPatch(uid: string, former: TemplateMarks): RestartPatch {
  return patchTemplate(uid, {
    [RESTARTED_AT_ANNOTATION]: former.restartedAt,
    [STAMP_ANNOTATION]: former.stamp,
  });
}

/**
 * The value of `restartedAt`. kubectl writes whole seconds, so that its second restart within one second changes nothing. RFC 3339 with a
 * fraction is read by everything that reads kubectl's, and two restarts always make two templates.
 * @param time milliseconds since 1970
 */
export function formatRestartedAt(time: number): string {
  return new Date(time).toISOString();
}

function patchTemplate(uid: string, annotations: Record<string, string | null>): RestartPatch {
  return {
    contentType: 'application/strategic-merge-patch+json',
    body: { metadata: { uid }, spec: { template: { metadata: { annotations } } } },
  };
}

/**
 * Argo deletes the pods whose creation time, in whole seconds, is before `restartAt`, and is done when `status.restartedAt`, in whole
 * seconds too, equals it. So it has to be a whole second that no pod of now can have been created in.
 */
function nextSecond(time: number): string {
  return new Date((Math.floor(time / 1000) + 1) * 1000).toISOString().replace('.000Z', 'Z');
}
