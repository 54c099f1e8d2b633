import { STAMP_ANNOTATION } from '../name.ts';
import type { ContentDigest } from '../objects/content.ts';
import { findKeyChange } from './change-time.ts';
import type { Leftover } from './inside.ts';
import { walkBack } from './judge-by-history.ts';
import { isOfStamp } from './judge-by-stamp.ts';
import { judgeByTime } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { nameSome } from './name-some.ts';
import { parseStamp } from './parse-stamp.ts';
import { stampUid } from './stamp.ts';

/**
 * Judges one container by what was seen in it.
 * @param weaker the verdict by all other evidence
 * @returns `null` when nobody has looked into it
 */
export function judgeByExec(evidence: InstanceEvidence, weaker: Judgement): Judgement | null {
  const { dependency, pod, freshness, recreated, inside } = evidence;
  const seen = inside?.find(pod, dependency);
  if (seen === undefined) return null;
  switch (seen.seen) {
    case 'nothing':
      if (weaker.state === 'current') return weaker;
      return { ...weaker, reason: `${weaker.reason}; it could not be looked into: ${seen.why}` };
    case 'different':
      if (freshness === 'at-start') return describeStale(seen.keys);
      return recreated ? describeKept(seen.keys) : describePending(seen.keys);
    case 'leftover':
      return judgeLeftovers(seen.leftovers, evidence, weaker);
    case 'same':
      return freshness === 'at-start' ? SAME_AT_START : judgeFiles(seen.isRewritten, weaker);
    default:
      return seen satisfies never;
  }
}

const SAME_AT_START: Judgement = {
  state: 'current',
  evidence: 'exec',
  reason: 'the container holds what the config holds now',
  differentKeys: [],
};

function describeStale(keys: string[]): Judgement {
  const reason = `the container holds another ${nameSome(keys)} than the config holds now`;
  return { state: 'stale', evidence: 'exec', reason, differentKeys: keys };
}

function describePending(keys: string[]): Judgement {
  const reason = `the kubelet has not yet written the change of ${nameSome(keys)} into the mounted files`;
  return { state: 'pending', evidence: 'exec', reason, differentKeys: keys };
}

/** The kubelet stops to follow an immutable config, so that its files stay as they are. */
function describeKept(keys: string[]): Judgement {
  const reason = `the mounted files hold another ${nameSome(keys)}, and stay so: the config is immutable and was created again under its name`;
  return { state: 'stale', evidence: 'exec', reason, differentKeys: keys };
}

/**
 * A key that is gone leaves its variable behind; but the image may have set that all along. What the API tells of the past decides, or other
 * containers of the image.
 */
function judgeLeftovers(all: readonly Leftover[], evidence: InstanceEvidence, weaker: Judgement): Judgement {
  // Nothing was written since the start.
  if (weaker.state === 'current') return SAME_AT_START;
  const { inside, pod, instance } = evidence;
  const origins = new Map(all.map((one) => [one, inside?.findOrigin(pod, instance.name, one) ?? 'unknown']));
  const leftovers = all.filter((one) => origins.get(one) !== 'image');
  if (leftovers.length === 0) return SAME_AT_START;
  const { contents, isComplete } = findPastContents(evidence);
  const stamped = findStampedKeys(evidence);
  const gone = leftovers.filter((one) => {
    const { key, hash } = one;
    return contents.some((content) => content.get(key) === hash) || stamped.has(key) || origins.get(one) === 'key';
  });
  if (gone.length > 0) return describeStale(gone.map(({ key }) => key));
  // A key with another value than the variable's would have given it that value: then the container started with something else yet.
  const isUnheardOf = leftovers.every(({ key }) => contents.every((content) => !content.has(key)));
  if (isComplete && isUnheardOf) return SAME_AT_START;
  const names = nameSome(leftovers.map(({ name }) => name));
  const reason = `all that the config holds now is in the environment, but ${names} may come from the image or from a key that is gone: no other container of the image tells, and the API server has forgotten what the config held then`;
  return { state: 'unknown', evidence: 'none', reason };
}

/** What the config held at some moments, and whether the content that the container started with is surely among them. */
function findPastContents(evidence: InstanceEvidence): { contents: readonly ContentDigest[]; isComplete: boolean } {
  const { dependency, history, pod } = evidence;
  const walk = walkBack(evidence);
  if (walk.end === 'found') return { contents: walk.candidates, isComplete: true };
  const past = history.findAt(dependency.config, pod.resourceVersion);
  if (past === undefined || past === 'forgotten' || past === 'absent') return { contents: [], isComplete: false };
  const { config, content } = past;
  const change = findKeyChange(config, dependency.keys);
  return { contents: [content], isComplete: judgeByTime({ ...evidence, config, change }).state === 'current' };
}

/** The keys that the config had at the restart that made the pod; none where the container may have been started by something else. */
function findStampedKeys({ pod, instance, dependency, config }: InstanceEvidence): ReadonlySet<string> {
  const text = pod.annotations[STAMP_ANNOTATION];
  const stamp = text === undefined ? null : parseStamp(text);
  const { kind, name } = dependency.config;
  const stamped = stamp?.configs.find((entry) => entry.kind === kind && entry.name === name);
  if (stamp === null || !stamped || !isOfStamp(instance, stamp) || typeof stamped.content !== 'object')
    return new Set();
  const isSameObject = config !== null && stamped.uid === stampUid(stamped.kind, config.uid);
  return new Set(isSameObject && stamped.content?.by === 'key' ? Object.keys(stamped.content.hashes) : []);
}

/** The files are those of now. What the process has read of them is what was there when it started. */
function judgeFiles(isRewritten: boolean | null, weaker: Judgement): Judgement {
  if (isRewritten === false) {
    const reason = 'the mounted files are what the config holds now, and were not rewritten since the process started';
    return { state: 'current', evidence: 'exec', reason, differentKeys: [] };
  }
  if (weaker.state === 'current') return weaker;
  const { differentKeys } = weaker;
  const reason = 'the mounted files are newer than the process; whether it read them again cannot be seen';
  return { state: 'refreshed', evidence: 'exec', reason, ...(differentKeys && { differentKeys }) };
}
