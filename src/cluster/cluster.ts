/** The API server as the rest of the program sees it: four verbs over paths, no Kubernetes types of its own. */
export interface Cluster {
  /** Base URL of the API server, without a slash at its end. */
  readonly server: string;
  /** Name of the kubeconfig context; '' when there is none (flags only, or inside a pod). */
  readonly context: string;
  /** The namespace for requests that name none. */
  readonly namespace: string;
  /**
   * One request, the parsed JSON of its answer.
   * Reads, and what is no more than a question, are tried again after 429, 5xx and a lost connection; writes only after a 429 that says when.
   * @throws ApiError when the server refuses, ConnectionError when no usable answer came, the signal's reason when aborted
   */
  request<T>(request: ApiRequest): Promise<T>;
  /** The same for an answer that is plain text: a log. */
  requestText(request: ApiRequest): Promise<string>;
  /**
   * A whole collection in pages, each projected before the next one is read; starts over when the server forgot the
   * snapshot (410).
   * @throws as `request`
   */
  list<Item, T>(request: ListRequest<Item, T>): Promise<ListResult<T>>;
  /**
   * Everything that is there, then every change. Goes on over lost connections and forgotten versions.
   * Ends without an error when the signal is aborted.
   * @throws as `request`, for what waiting does not mend
   */
  watch<Item extends Versioned>(request: WatchRequest): AsyncIterable<WatchEvent<Item>>;
  /**
   * Runs a command in a running container, to its end, whatever its exit code. Some at a time; the others wait their turn.
   * @throws ExecError when it did not run or its result did not come, the signal's reason when aborted
   */
  exec(request: ExecRequest): Promise<ExecResult>;
  /**
   * The time by the clock of the server, milliseconds since 1970, as the `Date` of its answers tells it: `local` as far as they bear it
   * out, or else the nearest time that they do. What stands in objects is dated by that clock, and the one of this machine may be wrong.
   * @returns `null` before the first answer, or when none had a date
   */
  serverTime(local: number): number | null;
  /** Ends every connection: requests under way fail, watches end. */
  close(): void;
}

/** Query parameters; those that are undefined are left out. */
export type Query = Record<string, string | undefined>;

/** The HTTP methods of the Kubernetes API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request. */
export interface ApiRequest {
  /** `GET` by default. */
  method?: Method;
  /** It changes nothing, whatever its method: it may be tried again as a read may. */
  isQuestion?: boolean;
  /** `/apis/apps/v1/namespaces/x/deployments`. */
  path: string;
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  /** `application/json` by default; patches need their own. */
  contentType?: string;
  /** `application/json` by default. */
  accept?: string;
  signal?: AbortSignal | undefined;
  /** Gets the text of every `Warning` header of the answer. */
  onWarning?: (text: string) => void;
}

/**
 * What the server is asked to send of each object: all of it, its metadata only, or its metadata and printed columns.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
export type Form = 'full' | 'metadata' | 'table';

/** A collection to read. */
export interface ListRequest<Item, T> {
  path: string;
  query?: Query;
  form: Form;
  /** What to keep of one object; `undefined` leaves it out. With the form `table` it gets a `TableRow`. */
  project: (item: Item) => T | undefined;
  signal?: AbortSignal | undefined;
}

/** What was kept of a collection, in the server's order. */
export interface ListResult<T> {
  items: T[];
  /** The version of the snapshot: a watch may start from it. */
  resourceVersion: string;
}

/** One row of a `table` list. Where a server does not know tables, `cells` and `columns` are empty and `object` is whole. */
export interface TableRow<Item> {
  object: Item;
  cells: unknown[];
  /** Names of the columns, in the order of `cells`. */
  columns: readonly string[];
}

/** A command to run in a container: a program and its arguments, without a shell. Its standard input is empty. */
export interface ExecRequest {
  namespace: string;
  pod: string;
  container: string;
  command: readonly string[];
  /** Milliseconds for all of it, from the moment of its turn; 10 s by default. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

/** What a command printed and how it ended. */
export interface ExecResult {
  stdout: Uint8Array;
  stderr: Uint8Array;
  exitCode: number;
}

/** The least that a watched object carries. */
export interface Versioned {
  metadata?: { resourceVersion?: string; annotations?: Record<string, string> };
}

/** A collection to follow. */
export interface WatchRequest {
  path: string;
  query?: Query;
  /** With `table` the objects of the events are `TableRow`s that carry the metadata of their object too. */
  form: Form;
  /** Begin with the changes after this version, which a list of this server gave; without it, with all that is there. */
  resourceVersion?: string;
  signal?: AbortSignal | undefined;
  /** Gets the error when the stream is lost and tried again, and `null` when there is one again. */
  onConnection?: (error: Error | null) => void;
}

/**
 * What a watch tells. `synced`: all that was there has been told. `relist`: the thread was lost, forget everything; what
 * is there now follows, then `synced`. `bookmark`: nothing changed up to this version.
 */
export type WatchEvent<Item> =
  | { type: 'added' | 'modified' | 'deleted'; object: Item }
  | { type: 'synced' | 'bookmark'; resourceVersion: string }
  | { type: 'relist' };
