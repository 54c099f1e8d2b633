import type { Transport } from './transport.ts';

/** The clock of a server, as far as its answers tell it. Moments are those of `performance`, which nobody sets. */
export interface ServerClock {
  /**
   * Takes note of the `Date` of an answer.
   * @param sentAt when its request was sent, and `receivedAt` when its head came
   */
  hear(date: string | undefined, sentAt: number, receivedAt: number): void;
  /** What `Cluster.serverTime` gives at this moment. */
  tell(local: number, moment: number): number | null;
}

/** `Date` has whole seconds. */
const SECOND = 1000;

/** A clock of which nothing is known yet. */
export function makeServerClock(): ServerClock {
  /** How far it is ahead of `performance`: at least and at most. */
  let ahead: { least: number; most: number } | null = null;
  return {
    hear(date, sentAt, receivedAt) {
      const second = Date.parse(date ?? '');
      if (Number.isNaN(second)) return;
      const heard = { least: second - receivedAt, most: second + SECOND - sentAt };
      const least = Math.max(heard.least, ahead?.least ?? heard.least);
      const most = Math.min(heard.most, ahead?.most ?? heard.most);
      // What contradicts all that was heard before comes after a clock was set, or from another server.
      ahead = least <= most ? { least, most } : heard;
    },
    tell(local, moment) {
      if (ahead === null) return null;
      return Math.min(Math.max(local, Math.ceil(ahead.least + moment)), Math.floor(ahead.most + moment));
    },
  };
}

/**
 * The same transport; the clock hears the answers, but for refusals, which may come from what stands before the server, and for what was kept
 * there for some time, which has the date of then.
 * https://www.rfc-editor.org/rfc/rfc9111#name-age
 */
export function hearAnswers(transport: Transport, clock: ServerClock): Transport {
  return {
    ...transport,
    async send(request, patience) {
      const sentAt = performance.now();
      const answer = await transport.send(request, patience);
      const { date, age = '0' } = answer.headers;
      const isFresh = answer.code >= 200 && answer.code < 300 && Number(age) === 0;
      if (isFresh) clock.hear(date, sentAt, performance.now());
      return answer;
    },
  };
}
