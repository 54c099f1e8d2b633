import type { JsonObject } from '../objects/json.ts';
import { readObjects, readText } from '../objects/json.ts';
import { isConfigKind } from '../objects/kinds.ts';
import { findReferences } from '../objects/references.ts';
import type { ConfigName } from './copies.ts';
import { REPLACE } from './find-candidates.ts';
import type { ProbeRefusal } from './inject.ts';
import { isConfig } from './mounts.ts';
import type { ProbeOptions } from './probe-options.ts';

/** Why there is nothing that a probe in this pod could watch. */
export function explainNothing(podSpec: JsonObject, why: readonly string[], options: ProbeOptions): ProbeRefusal {
  const { check, container, configs } = options;
  const meant = configs?.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`).join(', ') ?? 'a ConfigMap or Secret';
  const uses = findUses(podSpec, options).filter((use) => container === undefined || use.container === container);
  const running = uses.filter(({ isOver }) => !isOver);
  if (running.length === 0 && uses.length > 0) {
    return {
      refused: `only its init containers use ${meant}: they have ended before any probe runs, and a restart in place does not run them again`,
      hint: REPLACE,
    };
  }
  if (check === 'readiness' && running.length > 0) {
    return { refused: `no volume with ${meant} is mounted as a whole, and only of such a content can be expected` };
  }
  if (running.length > 0 && why.length === 0) {
    return { refused: `nothing that its containers have of ${meant} can be watched: it is set again further down` };
  }
  if (why.length > 0) return { refused: `there is nothing that the probe could watch: ${why.join('; ')}` };
  return {
    refused:
      container === undefined ? `no container of it uses ${meant}` : `container ${container} does not use ${meant}`,
    isUnconcerned: true,
  };
}

/** What a probe cannot help with: init containers that use watched configs beside the application. */
export function noteInitUses(podSpec: JsonObject, options: ProbeOptions): string[] {
  const configs = findUses(podSpec, options)
    .filter(({ isOver }) => isOver)
    .map(({ config }) => `${config.kind.toLowerCase()}/${config.name}`);
  if (configs.length === 0) return [];
  const names = [...new Set(configs)].join(', ');
  return [`its init containers use ${names} too, and a restart in place does not run them again`];
}

/** The uses of watched configs by containers, and whether these have ended before any probe runs. */
function findUses(
  podSpec: JsonObject,
  { configs }: ProbeOptions,
): { container: string; config: ConfigName; isOver: boolean }[] {
  const sidecars = readObjects(podSpec, 'initContainers')
    .filter((one) => readText(one, 'restartPolicy') === 'Always')
    .map((one) => readText(one, 'name'));
  return findReferences(podSpec, '').flatMap(({ container, config, init }) => {
    if (container === null || !isConfigKind(config.kind)) return [];
    const found = { kind: config.kind, name: config.name };
    if (!(configs?.some((one) => isConfig(one, found)) ?? true)) return [];
    return [{ container, config: found, isOver: init && !sidecars.includes(container) }];
  });
}
