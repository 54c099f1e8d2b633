import type { ConfigName } from './copies.ts';

/** The two forms of the probe. */
export type ProbeForm = 'binary' | 'script';
/** The architectures that there is a binary for, as nodes name them. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
/** One of them. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** What the user asked for. Times in seconds; what is left out keeps what an existing check has, or gets its default. */
export interface ProbeOptions {
  /** Which check of the container becomes the probe. */
  check: 'liveness' | 'readiness';
  /** The only container that is meant; all that use configs without it. */
  container?: string;
  /** The configs to watch; all without it. */
  configs?: readonly ConfigName[];
  period?: number;
  timeout?: number;
  failureThreshold?: number;
  /** By default a minute where there may be more than one pod. */
  spread?: number;
  /** The application's own test of new files. */
  checkCommand?: string;
  /** Perform an existing HTTP check. */
  http?: boolean;
  /** Of a readiness probe: the hash that the watched volume must have. */
  expect?: string;
  /** Where the probe keeps its files. */
  baseline?: string;
}
