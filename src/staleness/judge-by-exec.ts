import type { ContentDigest } from '../objects/content.ts';
import { findKeyChange } from './change-time.ts';
import type { Leftover } from './inside.ts';
import { walkBack } from './judge-by-history.ts';
import { judgeByTime } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';

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
  const reason = `the container holds another ${joinNames(keys)} than the config holds now`;
  return { state: 'stale', evidence: 'exec', reason, differentKeys: keys };
}

function describePending(keys: string[]): Judgement {
  const reason = `the kubelet has not yet written the change of ${joinNames(keys)} into the mounted files`;
  return { state: 'pending', evidence: 'exec', reason, differentKeys: keys };
}

/** The kubelet stops to follow an immutable config, so that its files stay as they are. */
function describeKept(keys: string[]): Judgement {
  const reason = `the mounted files hold another ${joinNames(keys)}, and stay so: the config is immutable and was created again under its name`;
  return { state: 'stale', evidence: 'exec', reason, differentKeys: keys };
}

/** A key that is gone leaves its variable behind; but the image may have set that all along. What the API tells of the past decides. */
function judgeLeftovers(leftovers: readonly Leftover[], evidence: InstanceEvidence, weaker: Judgement): Judgement {
  // Nothing was written since the start.
  if (weaker.state === 'current') return SAME_AT_START;
  const { contents, isComplete } = findPastContents(evidence);
  const gone = leftovers.filter(({ key, hash }) => contents.some((content) => content.get(key) === hash));
  if (gone.length > 0) return describeStale(gone.map(({ key }) => key));
  // A key with another value than the variable's would have given it that value: then the container started with something else yet.
  const isUnheardOf = leftovers.every(({ key }) => contents.every((content) => !content.has(key)));
  if (isComplete && isUnheardOf) return SAME_AT_START;
  const names = joinNames(leftovers.map(({ name }) => name));
  const reason = `all that the config holds now is in the environment, but ${names} may come from the image or from a key that is gone`;
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

const SHOWN = 5;

function joinNames(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  const shown = names.slice(0, rest > 0 ? SHOWN : names.length).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
