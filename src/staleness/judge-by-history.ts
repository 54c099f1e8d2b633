import { findDifferentKeys } from '../objects/content.ts';
import type { ConfigObject } from '../types.ts';
import { findKeyChange } from './change-time.ts';
import type { PastConfig } from './history.ts';
import { versionBefore } from './history.ts';
import { judgeByTime } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange } from './judgement.ts';

/** Where a walk back through the versions of a config ended. */
export type Walk =
  /** At the version that the container started with. */
  | { end: 'found'; past: Exclude<PastConfig, string> }
  /** At a version that nobody has asked for. */
  | { end: 'open'; resourceVersion: string }
  /** Where nothing more is to be learnt. */
  | { end: 'lost' };

/** So many writes after a start are walked back; each costs a request. */
const STEPS = 5;

/** Walks back from the config of now, write by write, to the version that the container started with, as far as the history knows. */
export function walkBack(evidence: InstanceEvidence): Walk {
  const { dependency, history } = evidence;
  let config = evidence.config;
  for (let step = 0; step < STEPS && config !== null; step++) {
    const resourceVersion = versionBefore(config);
    if (resourceVersion === null) break;
    const past = history.findAt(dependency.config, resourceVersion);
    if (past === undefined) return { end: 'open', resourceVersion };
    // Before it was created there may have been another one of the same name: nothing tells when that was deleted.
    if (past === 'forgotten' || past === 'absent') break;
    if (isOfStart(past.config, evidence)) return { end: 'found', past };
    config = past.config;
  }
  return { end: 'lost' };
}

/**
 * Judges one container by the API's own copy of the config as it was when the container started.
 * @returns `null` when the API no longer tells, or was not asked
 */
export function judgeByHistory(evidence: InstanceEvidence): Judgement | null {
  const { dependency, change, history } = evidence;
  const walk = walkBack(evidence);
  const now = history.findNow(dependency.config);
  if (walk.end !== 'found' || now === undefined) return null;
  const differentKeys = findDifferentKeys(walk.past.content, now, dependency.keys);
  if (differentKeys.length === 0) {
    const reason =
      'it was written since the container started, but what the container uses has the same content as then';
    return { state: 'current', evidence: 'history', reason, differentKeys };
  }
  const changedAt = Date.parse(change?.at ?? '') || evidence.now;
  const reason = `the content of ${differentKeys.join(', ')} is not what it was when the container started`;
  return { ...judgeChange(evidence, changedAt, 'history', reason), differentKeys };
}

/** True when the container is known to have started with this version, and not with one before it. */
function isOfStart(config: ConfigObject, evidence: InstanceEvidence): boolean {
  const change = findKeyChange(config, evidence.dependency.keys);
  return judgeByTime({ ...evidence, config, change }).state === 'current';
}
