import { projectConfig } from '../objects/config.ts';
import type { ContentDigest } from '../objects/content.ts';
import { digestContent } from '../objects/content.ts';
import type { JsonObject } from '../objects/json.ts';
import type { ConfigHistory, HistoryQuestion, PastConfig, PastPods, PodQuestion } from '../staleness/history.ts';
import { lookBack } from '../staleness/look-back.ts';
import type { ConfigKind, Graph } from '../types.ts';

/** Answers a question with the whole raw object. */
export type ReadRaw = (question: HistoryQuestion) => Promise<JsonObject | 'absent' | 'forgotten'>;

/** Answers which pods were there. */
export type ReadPods = (question: PodQuestion) => Promise<PastPods>;

/** A look back of which every content can be read again: kept are hashes, since all values together may be more than fits. */
export interface ContentHistory {
  history: ConfigHistory;
  /** The question that a digest of the history answered. */
  questions: WeakMap<ContentDigest, HistoryQuestion>;
}

/** Asks the API what configs held when containers started that may not run what they hold now. */
export async function lookBackContent(
  graph: Graph,
  options: { readRaw: ReadRaw; readPods: ReadPods; kinds: readonly ConfigKind[]; now: number },
): Promise<ContentHistory> {
  const questions: ContentHistory['questions'] = new WeakMap();
  const { readRaw, readPods, kinds, now } = options;
  const read = makeRead(readRaw, questions);
  return { history: await lookBack(graph, { read, readPods, kinds, now }), questions };
}

/** Reads versions in the form of the history, and remembers which question each content answers. */
export function makeRead(readRaw: ReadRaw, questions: ContentHistory['questions']) {
  return async (question: HistoryQuestion): Promise<PastConfig> => {
    const raw = await readRaw(question);
    if (typeof raw === 'string') return raw;
    const content = digestContent(raw, question.kind);
    questions.set(content, question);
    return { config: projectConfig({ object: raw }, question.kind), content };
  };
}
