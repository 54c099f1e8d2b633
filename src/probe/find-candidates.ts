import type { JsonObject } from '../objects/json.ts';
import { readObject, readObjects, readText } from '../objects/json.ts';
import type { ProbeRefusal } from './inject.ts';
import type { ProbeOptions } from './probe-options.ts';

/** The containers of a pod spec that can have a probe. */
export interface Candidates {
  containers: JsonObject[];
  /** Why others cannot. */
  skipped: string[];
}

/** Finds the containers that can have a probe: those of the application and sidecars, unless one is named. */
export function findCandidates(podSpec: JsonObject, options: ProbeOptions): Candidates | ProbeRefusal {
  const refusal = refusePod(podSpec);
  if (refusal !== null) return refusal;
  const init = readObjects(podSpec, 'initContainers');
  const sidecars = init.filter((container) => readText(container, 'restartPolicy') === 'Always');
  const all = [...sidecars, ...readObjects(podSpec, 'containers')];
  if (options.container === undefined) {
    const isKept = (container: JsonObject): boolean => readText(container, 'restartPolicy') !== 'Never';
    const skipped = all
      .filter((container) => !isKept(container))
      .map(
        (container) => `container ${readText(container, 'name')} has restartPolicy Never: a probe could only end it`,
      );
    return { containers: all.filter(isKept), skipped };
  }
  const isNamed = (container: JsonObject): boolean => readText(container, 'name') === options.container;
  const named = all.filter(isNamed);
  if (named.length > 0) return { containers: named, skipped: [] };
  if (init.some(isNamed)) {
    return {
      refused: `container ${options.container} is an init container, which has ended before any probe runs`,
      hint: REPLACE,
    };
  }
  return { refused: `it has no container ${options.container}` };
}

/** What helps where an in-place restart does not. */
export const REPLACE = `kubectl reload restart makes new pods, which run their init containers again.
From Kubernetes 1.36 on a sidecar can do it in place: let it run the probe's file as its command in a loop and exit with
42 when that exits with 1, with restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}].`;

function refusePod(podSpec: JsonObject): ProbeRefusal | null {
  if (readObjects(podSpec, 'containers').length === 0) return { refused: 'it has no containers' };
  if (isWindows(podSpec)) return { refused: 'its pods run on Windows, and the probe runs on Linux' };
  if (readText(podSpec, 'restartPolicy') === 'Never') {
    return { refused: 'its restartPolicy is Never: a probe could only end its containers' };
  }
  return null;
}

function isWindows(podSpec: JsonObject): boolean {
  const os = readText(readObject(podSpec, 'os'), 'name');
  const selected = readText(readObject(podSpec, 'nodeSelector'), 'kubernetes.io/os');
  return (
    [os, selected].includes('windows') ||
    readObject(readObject(podSpec, 'securityContext'), 'windowsOptions') !== undefined
  );
}
