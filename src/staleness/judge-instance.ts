import { REREADS_ANNOTATION } from '../name.ts';
import { judgeByHistory } from './judge-by-history.ts';
import { judgeByStamp } from './judge-by-stamp.ts';
import { judgeByTime } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';

/** Judges one container for one use, by the strongest evidence that says anything. */
export function judgeInstance(evidence: InstanceEvidence): Judgement {
  const byStamp = judgeByStamp(evidence);
  const byTime = judgeByTime(evidence);
  const judgement = byTime.state === 'current' ? (byStamp ?? byTime) : (judgeByHistory(evidence) ?? byStamp ?? byTime);
  if (judgement.state !== 'refreshed' || !evidence.rereads) return judgement;
  const reason = `the mounted files are up to date, and ${REREADS_ANNOTATION} says that it reads them again`;
  return { ...judgement, state: 'current', reason };
}
