import type { Random } from './random.ts';
import { makeRandom } from './random.ts';

/** What runs. */
export type FaultCommand = 'status' | 'status --watch' | 'rollout-status' | 'restart' | 'restart --evict';

/** What goes wrong between a command and the API server. A seed makes it. */
export interface FaultPlan {
  seed: number;
  command: FaultCommand;
  /** The program has to bear it all and to come to its end; otherwise it may also say that it could not tell. */
  isGentle: boolean;
  /** One request in so many meets a fault. */
  oneIn: number;
  /** Lists come in pages of so many; `null` for those that were asked for. */
  pageSize: number | null;
  /** Watches tell some events twice or in another order. */
  isNoisy: boolean;
  /** From the request of this number on the server is away, or says nothing; for ever where no time is given. */
  outage: { at: number; manner: 'away' | 'silent'; milliseconds: number | null } | null;
  /** From the request of this number on the login is not accepted: until its file is read again, or for ever. */
  login: { at: number; isRenewed: boolean } | null;
  /** How far the clock of the command is ahead of that of the cluster. */
  skewMs: number;
}

/** What becomes of one request. */
export type Fault =
  | { fault: 'none' }
  | { fault: 'delay'; milliseconds: number }
  /** The server does not see it. */
  | { fault: 'refuse'; code: number; retryAfter: number | null }
  /** The server does not see it, and the connection is cut. */
  | { fault: 'cut' }
  /** The server does it, and the connection is cut before the answer. */
  | { fault: 'lose' }
  /** The connection is cut at this byte of the answer. */
  | { fault: 'break'; at: number }
  /** The answer ends at this byte, as if it were whole. */
  | { fault: 'truncate'; at: number }
  /** The version is forgotten, which a watch tells as an event. */
  | { fault: 'forget' }
  /** A watch is cut after so many milliseconds. */
  | { fault: 'close'; milliseconds: number }
  /** Nobody answers. */
  | { fault: 'hold' };

/** A request, as far as its faults depend on it. */
export interface FaultyRequest {
  method: string;
  /** With its query. */
  url: string;
}

const MINUTE = 60_000;
/** So often in a row one request meets a fault that the program has to bear. */
const BEARABLE = 2;

/** The plan of a seed: one in ten restarts, one evicts, one watches, two follow rollouts. */
export function makeFaultPlan(seed: number): FaultPlan {
  const random = makeRandom(seed);
  const commands: Record<number, FaultCommand> = {
    0: 'restart',
    1: 'status --watch',
    2: 'rollout-status',
    3: 'rollout-status',
    4: 'restart --evict',
  };
  const isGentle = !random.once(2);
  const trouble = random.below(4);
  const command = commands[seed % 10] ?? 'status';
  // What a restart reads for its plan takes thirty requests or so, and what comes then is worth more.
  const at = changesPods(command) ? 20 + random.below(40) : random.below(25);
  const plan: FaultPlan = {
    seed,
    command,
    isGentle,
    oneIn: random.pick([2, 3, 5, 10]),
    pageSize: random.pick([null, 1, 2, 3]),
    isNoisy: random.once(2),
    outage: null,
    login: null,
    skewMs: random.pick([0, 0, 0, -60 * MINUTE, -5 * MINUTE, 5 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]),
  };
  if (isGentle) return { ...plan, login: trouble === 0 ? { at, isRenewed: true } : null };
  const milliseconds = random.pick([500, 2000, 4000, null]);
  if (trouble === 0) return { ...plan, login: { at, isRenewed: false } };
  if (trouble === 1) return { ...plan, outage: { at, manner: 'away', milliseconds } };
  if (trouble === 2) return { ...plan, outage: { at, manner: 'silent', milliseconds } };
  return plan;
}

/**
 * What becomes of a request. It depends on what is asked and how often that was asked before, and not on what is asked beside it, so that
 * a run can be repeated though requests overtake each other.
 * @param ordinal 0 for the first time that it comes
 */
export function chooseFault(plan: FaultPlan, request: FaultyRequest, ordinal: number): Fault {
  const isBorne = plan.isGentle || isOfPlan(plan, request);
  if (isBorne && ordinal >= BEARABLE) return { fault: 'none' };
  const random = makeRandom(plan.seed ^ hash(`${nameRequest(request)} ${ordinal}`));
  if (!random.once(plan.oneIn)) return { fault: 'none' };
  const { method, url } = request;
  if (!isBorne && random.once(20)) return { fault: 'hold' };
  if (isWatch(request)) return spoilWatch(random);
  return method === 'GET' ? spoilRead(random, url) : spoilWrite(random, request);
}

/** A restart that cannot make its plan would be a status. */
function isOfPlan({ command }: FaultPlan, request: FaultyRequest): boolean {
  // Each eviction begins with a look at its pod.
  return changesPods(command) && request.method === 'GET' && !isWatch(request) && !/\/pods\/[^/?]+$/.test(request.url);
}

function changesPods(command: FaultCommand): boolean {
  return command === 'restart' || command === 'restart --evict';
}

/** True for a request whose answer goes on. */
export function isWatch({ url }: Pick<FaultyRequest, 'url'>): boolean {
  return url.includes('watch=true');
}

/** A request without what differs from run to run: the namespace, versions, positions. */
export function nameRequest({ method, url }: FaultyRequest): string {
  const { pathname, searchParams } = new URL(url, 'http://server');
  const path = pathname.replace(/\/namespaces\/[^/]+/, '').replace(/\/pods\/[^/]+/, '/pods/POD');
  const marks = ['watch', 'continue', 'resourceVersion', 'dryRun', 'fieldSelector'].filter((mark) =>
    searchParams.has(mark),
  );
  return [method, path, ...marks].join(' ');
}

function spoilWatch(random: Random): Fault {
  return random.pick<Fault>([
    { fault: 'delay', milliseconds: random.below(3000) },
    refuse(random, [429, 500, 503, 410]),
    { fault: 'cut' },
    { fault: 'break', at: random.below(4000) },
    { fault: 'truncate', at: random.below(4000) },
    { fault: 'forget' },
    { fault: 'close', milliseconds: 100 + random.below(2000) },
  ]);
}

function spoilRead(random: Random, url: string): Fault {
  const codes: [number, ...number[]] = [429, 500, 503, 504];
  return random.pick<Fault>([
    { fault: 'delay', milliseconds: random.below(3000) },
    refuse(random, codes),
    // The server knows neither the rest of a list nor how an object was.
    refuse(random, /[?&](continue|resourceVersionMatch)=/.test(url) ? [410] : codes),
    { fault: 'cut' },
    { fault: 'lose' },
    { fault: 'break', at: random.below(2000) },
    { fault: 'truncate', at: random.below(2000) },
  ]);
}

function spoilWrite(random: Random, { method }: FaultyRequest): Fault {
  return random.pick<Fault>([
    { fault: 'delay', milliseconds: random.below(3000) },
    refuse(random, method === 'PATCH' ? [409, 429, 500, 503] : [429, 500, 503]),
    { fault: 'cut' },
    { fault: 'lose' },
    { fault: 'lose' },
    { fault: 'break', at: random.below(500) },
  ]);
}

function refuse(random: Random, codes: readonly [number, ...number[]]): Fault {
  const code = random.pick(codes);
  return { fault: 'refuse', code, retryAfter: code === 429 && random.once(2) ? 1 : null };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
