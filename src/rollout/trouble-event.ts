/**
 * What the kubelet or a controller said of an object in a Warning event, where nothing in the status of that object says it.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export interface TroubleEvent {
  reason: TroubleReason;
  message: string;
  /** The container that it is about; '' where it is about the whole object. */
  container: string;
  /** When it was said first and last, by the clock of who said it; whole seconds. */
  firstAt: string | null;
  lastAt: string | null;
}

/** The reasons that are read; the status of pods tells of all others. */
const TROUBLE_REASONS = [
  'FailedCreate',
  'FailedScheduling',
  'FailedAttachVolume',
  'FailedMount',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'Unhealthy',
] as const;

/** Why an event was written. */
export type TroubleReason = (typeof TROUBLE_REASONS)[number];

/** The fields of a v1 Event that are read here, as the API sends them. */
export interface RawEvent {
  metadata: { creationTimestamp?: string | null; resourceVersion?: string };
  involvedObject?: { uid?: string; fieldPath?: string };
  reason?: string;
  message?: string;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string | null } | null;
}

/** The server leaves out what is no trouble, and the most frequent one, which stands in the status too. */
export const TROUBLE_SELECTOR = 'type!=Normal,reason!=BackOff';

/** Reads an event; `null` for one of another reason, or about nothing that has a uid. */
export function readTroubleEvent(raw: RawEvent): { uid: string; event: TroubleEvent } | null {
  const reason = TROUBLE_REASONS.find((known) => known === raw.reason);
  const { uid, fieldPath = '' } = raw.involvedObject ?? {};
  if (!reason || !uid) return null;
  const begun = raw.eventTime ?? raw.metadata.creationTimestamp ?? null;
  return {
    uid,
    event: {
      reason,
      message: toLine(raw.message ?? ''),
      container: /\{(.*)\}$/.exec(fieldPath)?.[1] ?? '',
      firstAt: raw.firstTimestamp ?? begun,
      lastAt: raw.series?.lastObservedTime ?? raw.lastTimestamp ?? begun,
    },
  };
}

/** The output of a probe can be long, and hold lines. */
const LONGEST = 500;

function toLine(message: string): string {
  const line = message
    .replace(/^\(combined from similar events\): /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

/** The newest event of each reason, by the uid of the object that it is about. */
export interface TroubleTable {
  put(uid: string, event: TroubleEvent): void;
  remove(uid: string): void;
  of(uid: string): readonly TroubleEvent[];
}

/** An empty table. */
export function makeTroubleTable(): TroubleTable {
  const events = new Map<string, readonly TroubleEvent[]>();
  const none: readonly TroubleEvent[] = [];
  return {
    put(uid, event) {
      const others = events.get(uid) ?? none;
      const before = others.find(({ reason }) => reason === event.reason);
      if (before && isBetter(before, event)) return;
      events.set(uid, [...others.filter((other) => other !== before), event]);
    },
    remove: (uid) => events.delete(uid),
    of: (uid) => events.get(uid) ?? none,
  };
}

/** The kubelet sums up every two minutes that a volume is not mounted, and does not say why. */
const SUMMARY = /^Unable to attach or mount volumes/;

function isBetter(before: TroubleEvent, event: TroubleEvent): boolean {
  if (SUMMARY.test(event.message) !== SUMMARY.test(before.message)) return SUMMARY.test(event.message);
  return Date.parse(before.lastAt ?? '') > Date.parse(event.lastAt ?? '');
}
