import { objectKey } from '../objects/object-key.ts';
import type { Graph } from '../types.ts';
import type { HistoryQuestion, PastConfig, PastPods, PodQuestion } from './history.ts';

/** The past does not change: what was asked for one state of the cluster serves the next one too. */
export interface PastMemory {
  /** Begins with a new state; what the last one did not ask for is dropped. */
  begin(graph: Pick<Graph, 'configs'>): void;
  /** Answers a question, from memory where it can. */
  read(question: HistoryQuestion): Promise<PastConfig>;
  /** The same for which pods were there. */
  readPods(question: PodQuestion): Promise<PastPods>;
}

/** Answers what is not remembered. */
export interface AskPast {
  config: (question: HistoryQuestion) => Promise<PastConfig>;
  pods: (question: PodQuestion) => Promise<PastPods>;
}

/** Remembers the answers to questions about the past between one state of the cluster and the next. */
export function makePastMemory(ask: AskPast): PastMemory {
  const configs = makeMemory<PastConfig>();
  const pods = makeMemory<PastPods>();
  let versions = new Map<string, string>();
  const nameQuestion = ({ ref, resourceVersion }: HistoryQuestion): string => {
    const key = objectKey(ref);
    // The content of now is the content of the version that is the last one now.
    return resourceVersion === null ? `${key} is ${versions.get(key)}` : `${key} at ${resourceVersion}`;
  };
  return {
    begin(graph) {
      configs.begin();
      pods.begin();
      versions = new Map(graph.configs.map(({ ref, resourceVersion }) => [objectKey(ref), resourceVersion]));
    },
    read: (question) => configs.recall(nameQuestion(question), () => ask.config(question)),
    readPods: (question) => pods.recall(`${question.namespace} ${question.resourceVersion}`, () => ask.pods(question)),
  };
}

/** Answers of the last state and of this one. */
function makeMemory<Answer>() {
  let known = new Map<string, Answer>();
  let used = new Map<string, Answer>();
  return {
    begin(): void {
      known = used;
      used = new Map();
    },
    async recall(name: string, ask: () => Promise<Answer>): Promise<Answer> {
      const answer = used.get(name) ?? known.get(name) ?? (await ask());
      used.set(name, answer);
      return answer;
    },
  };
}
