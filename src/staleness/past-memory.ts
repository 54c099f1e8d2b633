import { objectKey } from '../objects/object-key.ts';
import type { Graph } from '../types.ts';
import type { HistoryQuestion, PastConfig } from './history.ts';

/** The past does not change: what was asked for one state of the cluster serves the next one too. */
export interface PastMemory {
  /** Begins with a new state; what the last one did not ask for is dropped. */
  begin(graph: Pick<Graph, 'configs'>): void;
  /** Answers a question, from memory where it can. */
  read(question: HistoryQuestion): Promise<PastConfig>;
}

/** Remembers the answers to questions about the past between one state of the cluster and the next. */
export function makePastMemory(ask: (question: HistoryQuestion) => Promise<PastConfig>): PastMemory {
  let known = new Map<string, PastConfig>();
  let used = new Map<string, PastConfig>();
  let versions = new Map<string, string>();
  const nameQuestion = ({ ref, resourceVersion }: HistoryQuestion): string => {
    const key = objectKey(ref);
    // The content of now is the content of the version that is the last one now.
    return resourceVersion === null ? `${key} is ${versions.get(key)}` : `${key} at ${resourceVersion}`;
  };
  return {
    begin({ configs }) {
      known = used;
      used = new Map();
      versions = new Map(configs.map(({ ref, resourceVersion }) => [objectKey(ref), resourceVersion]));
    },
    async read(question) {
      const name = nameQuestion(question);
      const past = used.get(name) ?? known.get(name) ?? (await ask(question));
      used.set(name, past);
      return past;
    },
  };
}
