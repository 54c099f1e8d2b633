import { ExitCode, ReloadError } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import { listMeant, selectTargets } from '../src/graph/select.ts';
import { collectManifests } from '../src/manifests/collect.ts';
import type { ManifestObject, ManifestText } from '../src/manifests/manifest.ts';
import { parseManifests } from '../src/manifests/parse-manifests.ts';
import { readManifestTexts } from '../src/manifests/read-manifests.ts';
import { appendObjects, joinTexts, rewriteManifests, toYaml } from '../src/manifests/rewrite-manifests.ts';
import type { JsonObject } from '../src/objects/json.ts';
import { readKind, readReference } from '../src/objects/metadata.ts';
import { objectKey } from '../src/objects/object-key.ts';
import { ejectWorkload, injectWorkload, readTemplate } from '../src/probe/change-workload.ts';
import type { Carried } from '../src/probe/config-map.ts';
import type { ProbeTarget } from '../src/probe/inject.ts';
import { readRecord } from '../src/probe/record.ts';
import type { ObjectReference, ProbeSkip } from '../src/types.ts';
import { renderProbeSkips } from '../src/view/probe-plan.ts';
import { countOf, escapeControls } from '../src/view/text.ts';
import { carryProbe } from './carry-probe.ts';
import type { GlobalFlags } from './flags.ts';
import type { ProbeChange, ProbeChangeFlags } from './probe.ts';
import { makeKeysOf } from './probe-keys.ts';
import type { Streams } from './streams.ts';
import { parseTargets } from './targets.ts';

/**
 * Puts the probe into workloads of manifests, or takes it out, and prints all of them as YAML: what is not changed stays as it is
 * written, so that it can stand between a renderer and `kubectl apply`.
 */
export async function changeManifests(
  words: readonly string[],
  change: ProbeChange,
  flags: ProbeChangeFlags & GlobalFlags,
  streams: Streams,
): Promise<ExitCode> {
  if (flags.output === 'json') throw new ReloadError('manifests are printed as YAML', { hint: 'Say -o yaml.' });
  if (flags.dryRun !== 'none') {
    throw new ReloadError('--dry-run is for the cluster: manifests are only printed', { hint: 'Leave it away.' });
  }
  const places = { files: flags.filename ?? [], kustomize: flags.kustomize, recursive: flags.recursive === true };
  const sources: ManifestText[] = [];
  for await (const source of readManifestTexts(places, streams)) sources.push(toYaml(source));
  const objects = sources.flatMap(({ file, text }) => parseManifests(text, file));
  const graph = buildGraph(collectManifests(objects, { namespace: flags.namespace ?? '', all: true }), { all: true });
  const selection = selectTargets(graph, parseTargets(words), flags.selector);
  const meant = new Set(listMeant(graph, selection).map(objectKey));
  const named = new Set(selection.named.map(objectKey));

  const keysOf = makeKeysOf(graph.configs);
  const skipped: ProbeSkip[] = [];
  const skip = (workload: ObjectReference, why: { reason: string; hint: string; isUnconcerned?: boolean }): void => {
    const { reason, hint, isUnconcerned = false } = why;
    const isNamed = named.has(objectKey(workload));
    if (!isUnconcerned || isNamed) skipped.push({ workload, reason, hint, refused: true });
  };
  const changed = new Map<string, { raw: JsonObject; carried: Carried | null; notes: readonly string[] }>();
  for (const object of objects) {
    const ref = referenceOf(object.raw, flags.namespace);
    if (!meant.has(objectKey(ref))) continue;
    const result = changeWorkload(object.raw, change, keysOf(ref.namespace));
    if ('refused' in result) skip(ref, { hint: '', ...result, reason: result.refused });
    else changed.set(placeOf(object), result);
  }
  const rewritten = sources.map((source) => ({
    ...source,
    text: rewriteManifests(
      source,
      (object) => changed.get(placeOf(object))?.raw ?? object.raw,
      (object, { message, hint = '' }) => {
        changed.delete(placeOf(object));
        skip(referenceOf(object.raw, flags.namespace), { reason: message, hint });
      },
    ),
  }));
  const count = changed.size;
  const wanted = new Map<string, Set<Carried>>();
  for (const object of objects) {
    const result = changed.get(placeOf(object));
    if (result === undefined) continue;
    const ref = referenceOf(object.raw, flags.namespace);
    for (const note of result.notes)
      streams.stderr.write(`warning: ${escapeControls(`${ref.kind.toLowerCase()}/${ref.name}: ${note}`)}\n`);
    const namespace = namespaceOf(object.raw);
    if (result.carried !== null && flags.configMap !== false) {
      wanted.set(namespace, new Set([...(wanted.get(namespace) ?? []), result.carried]));
    }
  }

  const still = new Set(
    objects
      .map((object) => changed.get(placeOf(object))?.raw ?? object.raw)
      .filter(isInjected)
      .map(namespaceOf),
  );
  const { texts, added } = await carryProbe(rewritten, {
    wanted,
    isIdle: (namespace) => change.verb === 'eject' && count > 0 && !still.has(namespace),
  });

  const isRefused = skipped.some((skip) => skip.refused && (named.has(objectKey(skip.workload)) || count === 0));
  streams.stderr.write(
    renderProbeSkips(skipped, new Set([...graph.workloads].map(({ ref }) => ref.namespace)).size > 1),
  );
  if (isRefused) return ExitCode.refused;
  streams.stdout.write(appendObjects(joinTexts(texts), added));
  streams.stderr.write(
    change.verb === 'inject'
      ? `the probe is put into ${countOf(count, 'workload')}\n`
      : `the probe is taken out of ${countOf(count, 'workload')}\n`,
  );
  return ExitCode.ok;
}

function changeWorkload(raw: JsonObject, change: ProbeChange, keysOf: ProbeTarget['keysOf']) {
  if (change.verb === 'inject') return injectWorkload(raw, change, { keysOf, nodes: null });
  return ejectWorkload(raw) ?? { refused: 'it has no probe of ours', isUnconcerned: true as const };
}

function referenceOf(raw: JsonObject, namespace = ''): ObjectReference {
  const ref = readReference(raw, readKind(raw));
  return ref.namespace === '' ? { ...ref, namespace } : ref;
}

function namespaceOf(raw: JsonObject): string {
  return readReference(raw, readKind(raw)).namespace;
}

function placeOf({ source, document, path }: ManifestObject): string {
  return JSON.stringify([source.file, document, path]);
}

function isInjected(raw: JsonObject): boolean {
  return readRecord(readTemplate(raw)) !== null;
}
