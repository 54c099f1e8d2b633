import type { Cluster, Method } from '../../../src/cluster/cluster.ts';
import type { JsonObject } from '../../../src/objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../../../src/objects/json.ts';
import type { ConfigKind } from '../../../src/types.ts';

/** What a config holds, as text by key. */
export type Content = Readonly<Record<string, string>>;

const PATCHES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** What a new config has besides its content. */
export interface Making {
  manager: string;
  immutable?: boolean;
}

/** Writes one ConfigMap or Secret in all the ways in which clients do. Each write is one request, except where a client reads first too. */
export class ConfigHand {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly namespace: string;
  /** When it was written, epoch milliseconds. */
  readonly writes: number[] = [];
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, kind: ConfigKind, namespace: string, name: string) {
    this.#cluster = cluster;
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
  }

  /** `POST`, as `kubectl create`. */
  async create(content: Content, { manager, immutable }: Making): Promise<void> {
    const object = { ...this.manifest(content), ...(immutable && { immutable }) };
    await this.#send('POST', this.#folder, { manager, body: object });
  }

  /** `DELETE`. */
  async remove(): Promise<void> {
    await this.#send('DELETE', this.#path, {});
  }

  /** The whole object is read and written back with these values, as `kubectl edit` and most programs do; keys that are not named stay. */
  async put(values: Content, manager: string, without: readonly string[] = []): Promise<void> {
    const object = await this.read();
    const data = { ...readObject(object, 'data'), ...this.encode(values) };
    for (const key of without) delete data[key];
    await this.#send('PUT', this.#path, { manager, body: { ...object, data } });
  }

  /** The object is replaced by a manifest, as `kubectl replace`. */
  async replace(content: Content, manager: string): Promise<void> {
    await this.#send('PUT', this.#path, { manager, body: this.manifest(content) });
  }

  /** A strategic merge patch, as `kubectl patch`; `null` removes a key. */
  async patch(values: Record<string, string | null>, manager: string, type: 'strategic' | 'merge' = 'strategic') {
    const data = Object.entries(values).map(([key, value]) => [key, value === null ? null : this.#value(value)]);
    await this.#send('PATCH', this.#path, { manager, type, body: { data: Object.fromEntries(data) } });
  }

  /** A JSON patch. */
  async patchJson(operations: readonly object[], manager: string): Promise<void> {
    await this.#send('PATCH', this.#path, { manager, type: 'json', body: operations });
  }

  /** A server-side apply that takes over what others own. */
  async apply(content: Content, manager: string): Promise<void> {
    await this.#send('PATCH', this.#path, { manager, type: 'apply', body: this.manifest(content) });
  }

  /** What the client-side `kubectl apply` sends for an object that it created, given what it applied before. */
  async applyByClient(content: Content, before: Content): Promise<void> {
    const removed = Object.keys(before).filter((key) => content[key] === undefined);
    const data = { ...this.encode(content), ...Object.fromEntries(removed.map((key) => [key, null])) };
    const { annotations } = this.#lastApplied(content);
    const body = { metadata: { annotations }, data };
    await this.#send('PATCH', this.#path, { manager: 'kubectl-client-side-apply', type: 'strategic', body });
  }

  /** What the client-side `kubectl apply` sends for an object that is not there. */
  async createByClient(content: Content): Promise<void> {
    const { annotations } = this.#lastApplied(content);
    const object = { ...this.manifest(content), metadata: { name: this.name, annotations } };
    await this.#send('POST', this.#folder, { manager: 'kubectl-client-side-apply', body: object });
  }

  /** Sets a label, or removes it with `null`. */
  async label(value: string | null, manager: string): Promise<void> {
    await this.#send('PATCH', this.#path, { manager, type: 'merge', body: { metadata: { labels: { tier: value } } } });
  }

  /** Throws managedFields away, together with a change of values or without. */
  async strip(values: Content, manager: string): Promise<void> {
    const body = { metadata: { managedFields: [{}] }, data: this.encode(values) };
    await this.#send('PATCH', this.#path, { manager, type: 'merge', body });
  }

  /**
   * What Flux does before each apply: it moves all that managers named `kubectl...` own into its own entry, which keeps its time.
   * https://pkg.go.dev/github.com/fluxcd/pkg/ssa#PatchReplaceFieldsManagers
   */
  async mergeManagers(manager: string): Promise<void> {
    const entries = readObjects(readObject(await this.read(), 'metadata'), 'managedFields');
    const isMerged = (entry: JsonObject): boolean => readText(entry, 'manager').startsWith('kubectl');
    const fields = entries.filter(isMerged).map((entry) => readObject(entry, 'fieldsV1') ?? {});
    const kept = entries.filter((entry) => !isMerged(entry));
    const value = kept.map((entry) =>
      readText(entry, 'manager') === manager ? { ...entry, fieldsV1: fields.reduce(unite, entry.fieldsV1) } : entry,
    );
    await this.patchJson([{ op: 'replace', path: '/metadata/managedFields', value }], manager);
  }

  /** The object as it is now. */
  async read(): Promise<JsonObject> {
    const object = await this.#send('GET', this.#path, {});
    return isJsonObject(object) ? object : {};
  }

  /** What it holds now. */
  async readContent(): Promise<Content> {
    return this.#decode(await this.read());
  }

  /** What the last client-side apply wrote; nothing where there was none. */
  async readLastApplied(): Promise<Content> {
    const annotations = readObject(readObject(await this.read(), 'metadata'), 'annotations');
    const text = readText(annotations, 'kubectl.kubernetes.io/last-applied-configuration');
    const applied: unknown = text === '' ? {} : JSON.parse(text);
    return this.#decode(isJsonObject(applied) ? applied : {});
  }

  /** The manifest of this content. */
  manifest(content: Content): JsonObject {
    return { apiVersion: 'v1', kind: this.kind, metadata: { name: this.name }, data: this.encode(content) };
  }

  /** The content as the field `data` holds it. */
  encode(content: Content): Record<string, string> {
    return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, this.#value(value)]));
  }

  #lastApplied(content: Content): { annotations: Record<string, string> } {
    const text = JSON.stringify(this.manifest(content));
    return { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } };
  }

  #value(text: string): string {
    return this.kind === 'Secret' ? Buffer.from(text).toString('base64') : text;
  }

  #decode(object: JsonObject): Content {
    const data = Object.entries(readObject(object, 'data') ?? {});
    const texts = data.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const encoding = this.kind === 'Secret' ? 'base64' : 'utf8';
    return Object.fromEntries(texts.map(([key, value]) => [key, Buffer.from(value, encoding).toString()]));
  }

  get #folder(): string {
    return `/api/v1/namespaces/${this.namespace}/${this.kind === 'Secret' ? 'secrets' : 'configmaps'}`;
  }

  get #path(): string {
    return `${this.#folder}/${this.name}`;
  }

  async #send(
    method: Method,
    path: string,
    { manager, type, body }: { manager?: string; type?: keyof typeof PATCHES; body?: unknown },
  ): Promise<unknown> {
    const query = { fieldManager: manager, ...(type === 'apply' && { force: 'true' }) };
    const contentType = type === undefined ? {} : { contentType: PATCHES[type] };
    if (method !== 'GET') this.writes.push(Date.now());
    return this.#cluster.request({ method, path, query, body, ...contentType });
  }
}

/** The union of two sets of fields as managedFields write them. */
function unite(a: unknown, b: unknown): JsonObject {
  const united = new Map(Object.entries(isJsonObject(a) ? a : {}));
  for (const [field, below] of Object.entries(isJsonObject(b) ? b : {})) {
    const known = united.get(field);
    united.set(field, isJsonObject(known) ? unite(known, below) : below);
  }
  return Object.fromEntries(united);
}
