/** kubectl's global flags, as far as they say where the API server is and who asks. Empty and absent mean the same. */
export interface ConnectionOptions {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  namespace?: string | undefined;
  as?: string | undefined;
  asGroup?: string[] | undefined;
  asUid?: string | undefined;
  /** `key=value`; what has no `=` is left out, as kubectl does. */
  asUserExtra?: string[] | undefined;
  /** `5s`, `1m30s`, `0`, or whole seconds. */
  requestTimeout?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  certificateAuthority?: string | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  tlsServerName?: string | undefined;
  disableCompression?: boolean | undefined;
}

/** Where text for people goes. */
export interface TextStream {
  write(text: string): unknown;
  /** The file descriptor behind it: exec plugins then write to it themselves, and see whether it is a terminal. */
  readonly fd?: number | undefined;
}

/** What the process around us lends. */
export interface Environment {
  env: Record<string, string | undefined>;
  homedir: string;
  cwd: string;
  stderr: TextStream;
  /** Standard input is a terminal: exec plugins may ask questions on it. */
  interactive: boolean;
  /**
   * `false`: an expired OIDC login is an error. Many providers take a refresh token only once, so that one may not be sent by a run that
   * does not stay to save the next.
   */
  mayRenewLogin?: boolean | undefined;
  /** Ends the exec plugins that run. */
  interrupted?: AbortSignal | undefined;
  /** Gets one line a request; credentials are never in it. */
  trace?: ((line: string) => void) | undefined;
  /** Milliseconds since 1970; the system clock by default. */
  now?: (() => number) | undefined;
  /** Where a pod finds its service account; only tests change it. */
  serviceAccountDirectory?: string | undefined;
}
