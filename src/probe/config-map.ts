import { PROBE_CONFIG_MAP } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObject, readText } from '../objects/json.ts';
import type { Architecture } from './probe-options.ts';
import { ARCHITECTURES } from './probe-options.ts';

/** Everyone may run it: a container runs its probe as its own user. */
export const EXECUTABLE = 0o555;

/** What a pod mounts: the script, or the binaries for an architecture. */
export type Carried = 'script' | Architecture;
/** All of them. */
export const CARRIED: readonly Carried[] = ['script', ...ARCHITECTURES];

/**
 * The files of the probe by their names: `probe`, and `http`, which performs HTTP checks. Those of `script` as text, the others in base64.
 * What could not be built is not there.
 */
export type ProbeFiles = Partial<Record<Carried, Readonly<Record<string, string>>>>;

/** The name of the ConfigMap that carries these files: one for each, so that no manifest with the one takes the other away. */
export function nameConfigMap(carried: Carried): string {
  return `${PROBE_CONFIG_MAP}-${carried}`;
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const LABELS = { 'app.kubernetes.io/name': PROBE_CONFIG_MAP, [MANAGED_BY]: 'kubectl-reload' };

/** True for a ConfigMap that was made here, and not by somebody who gave another thing the same name. */
export function isProbeConfigMap(raw: JsonObject): boolean {
  return readText(readObject(readObject(raw, 'metadata'), 'labels'), MANAGED_BY) === LABELS[MANAGED_BY];
}

/**
 * The ConfigMap that carries a form of the probe.
 * @param namespace '' leaves it out
 */
export function makeConfigMap(files: ProbeFiles, carried: Carried, namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: nameConfigMap(carried), ...(namespace !== '' && { namespace }), labels: LABELS },
    ...makeContent(files, carried),
  };
}

/** The part of the ConfigMap that holds the files. */
export function makeContent(files: ProbeFiles, carried: Carried): Record<string, Readonly<Record<string, string>>> {
  return { [carried === 'script' ? 'data' : 'binaryData']: files[carried] ?? {} };
}
