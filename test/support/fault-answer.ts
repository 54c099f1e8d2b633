import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from './random.ts';

/** How an answer of the API server is spoilt on its way. */
export interface AnswerShape {
  /** The connection is cut after so many bytes. */
  cutAt?: number;
  /** The answer ends after so many bytes as if that were all. */
  endAt?: number;
  /** The connection is cut after so many milliseconds. */
  cutAfter?: number;
  /** Of a watch: some events are told twice, and some of different objects in another order. */
  noise?: Random;
}

/** One line in so many of a noisy watch is told twice, one in so many after the next. */
const NOISE = 4;
/** Milliseconds that an event waits for the one that is to be told before it. */
const HOLD = 50;

/** Passes an answer on, spoilt. */
export function sendShaped(answer: IncomingMessage, response: ServerResponse, shape: AnswerShape): void {
  const { cutAt, endAt, cutAfter, noise } = shape;
  // What is cut short has another length than the server has said.
  const { 'content-length': _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, endAt === undefined && noise === undefined ? answer.headers : headers);
  response.flushHeaders();
  const cut = (): void => void response.socket?.destroy();
  const timer = cutAfter === undefined ? undefined : setTimeout(cut, cutAfter);
  const bound = cutAt ?? endAt ?? Number.POSITIVE_INFINITY;
  // A refusal is no event.
  const lines = noise && answer.statusCode === 200 ? makeNoise(noise, (text) => response.write(text)) : undefined;
  let passed = 0;
  answer.on('data', (chunk: Buffer) => {
    if (passed >= bound) return;
    const rest = chunk.subarray(0, bound - passed);
    passed += rest.length;
    if (lines) lines.take(rest);
    else response.write(rest);
    if (passed < bound) return;
    if (cutAt === undefined) response.end();
    else response.write('', cut);
  });
  answer.on('end', () => {
    lines?.end();
    response.end();
  });
  answer.on('error', cut);
  response.on('close', () => clearTimeout(timer));
}

interface Event {
  type?: string;
  object?: { metadata?: { uid?: string }; rows?: { object?: { metadata?: { uid?: string } } }[] };
}

/**
 * Tells the lines of a watch as a server in trouble may: an event twice in a row, and two of different objects in another order, which only
 * a stream of what is there does: later on the versions of events rise. The events of one object stay in order, as they always do.
 */
function makeNoise(random: Random, write: (text: string) => void) {
  let rest: Buffer = Buffer.alloc(0);
  let held: { line: string; uid: string; timer: NodeJS.Timeout } | null = null;
  let isInitial = true;

  function release(): void {
    if (held === null) return;
    clearTimeout(held.timer);
    write(held.line);
    held = null;
  }

  function tell(line: string): void {
    const { type = '', object }: Event = JSON.parse(line);
    const uid = object?.metadata?.uid ?? object?.rows?.[0]?.object?.metadata?.uid ?? '';
    const isChange = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
    // The column names of a table come with its first event only.
    const isMovable = isChange && isInitial && uid !== '' && !line.includes('"columnDefinitions":[');
    if (type === 'BOOKMARK') isInitial = false;
    if (held !== null && held.uid === uid) release();
    if (isMovable && held === null && random.once(NOISE)) {
      held = { line, uid, timer: setTimeout(release, HOLD) };
      return;
    }
    if (!isMovable) release();
    write(isChange && random.once(NOISE) ? line + line : line);
    release();
  }

  return {
    take(chunk: Buffer): void {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10) + 1; end > 0; end = rest.indexOf(10) + 1) {
        tell(rest.subarray(0, end).toString('utf8'));
        rest = rest.subarray(end);
      }
    },
    end: release,
  };
}
