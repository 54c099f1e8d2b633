import { REREADS_ANNOTATION } from '../name.ts';
import { isNamedByContent } from '../objects/content-name.ts';
import { judgeByExec } from './judge-by-exec.ts';
import { judgeByHistory } from './judge-by-history.ts';
import { judgeByStamp } from './judge-by-stamp.ts';
import { judgeByTime } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';

/** Judges one container for one use, by the strongest evidence that says anything. */
export function judgeInstance(evidence: InstanceEvidence): Judgement {
  const byStamp = judgeByStamp(evidence);
  const byTime = judgeByTime(evidence);
  const weaker = byTime.state === 'current' ? (byStamp ?? byTime) : (judgeByHistory(evidence) ?? byStamp ?? byTime);
  const doubted = doubtRecreated(evidence, weaker);
  const judgement = judgeByExec(evidence, doubted) ?? doubted;
  if (judgement.state !== 'refreshed' || !evidence.rereads) return judgement;
  const reason = `the mounted files are up to date, and ${REREADS_ANNOTATION} says that it reads them again`;
  return { ...judgement, state: 'current', reason };
}

/**
 * No time and no version shows what a node still keeps of an immutable config that was created again: as long as some pod of the node
 * names it, new pods get the old content too, and the pods that were there before are soon gone. Only a look into the container tells,
 * or a name that no other content can have.
 */
function doubtRecreated({ recreated, config }: InstanceEvidence, judgement: Judgement): Judgement {
  const isDoubtful = recreated || (config?.immutable === true && !isNamedByContent(config.ref.name));
  if (!isDoubtful || judgement.state !== 'current') return judgement;
  const reason = recreated
    ? 'it is immutable and was created again under its name: its node may still give out the old content'
    : 'it is immutable and not named by its content: if another was there before under its name, its node may still give out that one';
  return { state: 'unknown', evidence: 'none', reason };
}
