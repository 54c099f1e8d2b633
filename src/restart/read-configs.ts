import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { listValues } from '../objects/content.ts';
import type { JsonObject } from '../objects/json.ts';
import { configKind, isConfigKind, listPath, objectPath } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import type { StampSource } from '../staleness/stamp.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently, tryPatiently } from './request-patiently.ts';

/** Reads configs for stamps. */
export type ReadConfigs = (configs: readonly ObjectReference[]) => Promise<StampSource[]>;

interface RawMetadata {
  uid?: string;
  resourceVersion?: string;
}

interface RawConfig {
  metadata?: RawMetadata;
}

/**
 * A value is read once for workloads that restart together, and anew for those that restart later: a stamp has to say what the
 * config held at that restart.
 */
const FRESH_MS = 2000;

/**
 * Makes a reader of configs: all of their keys with the bytes; without the values where they may not be read. What may not
 * be seen at all is left out, which one warning says. A server that is away is waited for.
 * @throws as `Cluster.request`, but for 403 and 404
 */
export function makeReadConfigs(cluster: Cluster, options: PatientOptions): ReadConfigs {
  const now = (): number => options.clock.now();
  const recent = new Map<string, { at: number; source: Promise<StampSource | null> }>();
  let isWarned = false;
  const warn = (refusal: ApiError): void => {
    if (!isWarned) options.onWarning?.(`${refusal.statusMessage}: ${WITHOUT_HASHES}`);
    isWarned = true;
  };
  const readOnce = (config: ObjectReference, kind: ConfigKind): Promise<StampSource | null> => {
    const key = objectKey(config);
    const known = recent.get(key);
    if (known && now() - known.at < FRESH_MS) return known.source;
    const source = readConfig(cluster, config, kind, { ...options, onUnread: warn });
    recent.set(key, { at: now(), source });
    source.catch(() => recent.delete(key));
    return source;
  };
  return async (configs) => {
    const sources = await Promise.all(
      configs.map((config) => (isConfigKind(config.kind) ? readOnce(config, config.kind) : null)),
    );
    return sources.filter((source) => source !== null);
  };
}

const WITHOUT_HASHES =
  'the restart records no hashes of what it may not read, so that later only times can tell whether the pods run it as it is then';

async function readConfig(
  cluster: Cluster,
  config: ObjectReference,
  kind: ConfigKind,
  options: PatientOptions & { onUnread: (refusal: ApiError) => void },
): Promise<StampSource | null> {
  try {
    const path = objectPath(configKind(kind), config);
    const raw = await requestPatiently<RawConfig & JsonObject>(cluster, { path }, options);
    const values = Array.from(listValues(raw, kind), ({ key, bytes }) => [key, bytes] as const);
    return describe(kind, config.name, raw.metadata, new Map(values));
  } catch (error) {
    if (isCode(error, 404)) return describe(kind, config.name, undefined, 'absent');
    if (!(error instanceof ApiError) || error.code !== 403) throw error;
    options.onUnread(error);
  }
  try {
    // `list` may be allowed where `get` is not.
    const list = (signal: AbortSignal) =>
      cluster.list<RawConfig, RawMetadata>({
        path: listPath(configKind(kind), config.namespace),
        query: { fieldSelector: `metadata.name=${config.name}` },
        form: 'metadata',
        project: (item) => item.metadata,
        signal,
      });
    const { items } = await tryPatiently(list, options);
    return items[0] ? describe(kind, config.name, items[0], null) : null;
  } catch (error) {
    if (isCode(error, 403)) return null;
    throw error;
  }
}

function describe(
  kind: ConfigKind,
  name: string,
  metadata: RawMetadata | undefined,
  content: StampSource['content'],
): StampSource {
  return { kind, name, uid: metadata?.uid ?? '', resourceVersion: metadata?.resourceVersion ?? '', content };
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code;
}
