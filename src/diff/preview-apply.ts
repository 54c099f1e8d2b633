import { ReloadError } from '../error.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObject, readText } from '../objects/json.ts';
import { applyMergePatch, makeMergePatch } from './merge-patch.ts';
import type { ManifestConfig } from './pick-configs.ts';

/** The server as a preview needs it. What it refuses for another reason than those named is thrown. */
export interface PreviewServer {
  /** `null` when it does not exist. */
  get(config: ManifestConfig): Promise<JsonObject | null>;
  /** The object as it would be after a patch. */
  patch(config: ManifestConfig, patch: JsonObject): Promise<JsonObject | 'forbidden' | 'conflict'>;
  /** The object as it would be created; `absent` when its namespace is not there. */
  create(config: ManifestConfig): Promise<JsonObject | 'forbidden' | 'absent'>;
}

/** What applying a config does. */
export interface Preview {
  /** `null` when it does not exist yet. */
  live: JsonObject | null;
  merged: JsonObject;
  /** False when the server was not asked for what it would make of it: it may refuse or change it. */
  asked: boolean;
}

/** Someone else may write the object in between. */
const TRIES = 4;

/**
 * What `kubectl apply` would make of a config: asked of the server by a dry run, as `kubectl diff` does, or where writes are forbidden
 * reckoned here.
 * @param namespaces that are created along with it
 * @throws what the server throws; ReloadError when its namespace does not exist
 */
export async function previewApply(
  config: ManifestConfig,
  server: PreviewServer,
  namespaces: ReadonlySet<string>,
): Promise<Preview> {
  for (let attempt = 1; ; attempt++) {
    const live = await server.get(config);
    if (live === null) return previewCreation(config, server, namespaces);
    const patch = makeMergePatch(live, config.raw);
    if (Object.keys(patch).length === 0) return { live, merged: live, asked: true };
    const local = { live, merged: applyMergePatch(live, patch), asked: false };
    const resourceVersion = readText(readObject(live, 'metadata'), 'resourceVersion');
    const isLast = attempt === TRIES;
    const answer = await server.patch(config, isLast ? patch : { ...patch, metadata: { resourceVersion } });
    if (answer === 'forbidden') return local;
    if (answer !== 'conflict') return { live, merged: answer, asked: true };
    if (isLast) throw new ReloadError('it keeps changing while it is compared', { hint: 'Try again.' });
  }
}

async function previewCreation(
  config: ManifestConfig,
  server: PreviewServer,
  namespaces: ReadonlySet<string>,
): Promise<Preview> {
  const { namespace } = config.ref;
  const answer = await server.create(config);
  const local = { live: null, merged: config.raw, asked: false };
  if (answer === 'forbidden') return local;
  if (answer !== 'absent') return { live: null, merged: answer, asked: true };
  if (namespaces.has(namespace)) return local;
  throw new ReloadError(`Error from server (NotFound): namespaces "${namespace}" not found`);
}
