import type { JsonObject } from '../objects/json.ts';
import { readInteger, readObject, readText, readTextList } from '../objects/json.ts';
import type { Carried } from './config-map.ts';
import { HTTP_FILE, PROBE_FILE } from './copies.ts';
import { formatHttpCheck } from './http-check.ts';
import type { ProbeOptions } from './probe-options.ts';
import { escapeDollars } from './source.ts';

/** A probe of a container as it will stand in the pod spec, or why there can be none. */
export type MadeCheck =
  | { check: JsonObject; keeps: 'exec' | 'http' | null; notes: string[] }
  | { refused: string; hint?: string };

/** Seconds between runs when nobody says otherwise: an exec costs a node some 40 ms of CPU time, so that four a minute are enough. */
const PERIOD = 15;
/** The kubelet counts a run that takes longer as failed: what a busy node and a container with little CPU may need, and no more. */
const TIMEOUT = 10;
/** The same, beside a check that has a time of its own. */
const OVERHEAD = 5;
/** No program of ours takes longer times. */
const LONGEST = 60;

/**
 * Makes the check that runs the probe with these words, around a check that is there already.
 * @param existing the probe of the container as it is; `undefined` where there is none
 */
export function makeCheck(
  container: JsonObject,
  existing: JsonObject | undefined,
  words: readonly string[],
  carried: Carried,
  options: ProbeOptions,
): MadeCheck {
  const name = `container ${readText(container, 'name')} has a`;
  const kind = options.check;
  const asked = {
    ...(options.period !== undefined && { periodSeconds: options.period }),
    ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
    ...(options.failureThreshold !== undefined && { failureThreshold: options.failureThreshold }),
  };
  const program = [PROBE_FILE, ...words];
  const limit = options.checkCommand === undefined ? 0 : 3;
  const check = options.checkCommand === undefined ? [] : [`--check=${escapeDollars(options.checkCommand)}`];
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter(
    (field) => readObject(existing, field) !== undefined,
  );
  if (existing === undefined || handlers.length === 0) {
    const timeoutSeconds = options.timeout ?? TIMEOUT;
    const bound = Math.min(limit, timeoutSeconds - 1);
    if (limit > 0 && bound < 1) return tooShort(timeoutSeconds);
    const command = [...program, ...boundCheck(check, bound)];
    return {
      check: { exec: { command }, periodSeconds: PERIOD, timeoutSeconds, failureThreshold: 1, ...asked },
      keeps: null,
      notes: [],
    };
  }
  const { exec, httpGet, ...rest } = existing;
  const former = readInteger(existing, 'timeoutSeconds', 1);
  switch (handlers[0]) {
    case 'exec': {
      const own = readTextList(readObject(existing, 'exec'), 'command');
      const timeoutSeconds = options.timeout ?? former + limit + OVERHEAD;
      const bound = Math.min(limit, timeoutSeconds - 1);
      if (limit > 0 && bound < 1) return tooShort(timeoutSeconds);
      const command = [...program, ...boundCheck(check, bound), '--', ...own];
      return { check: { ...rest, exec: { command }, ...asked, timeoutSeconds }, keeps: 'exec', notes: [] };
    }
    case 'httpGet': {
      const found = formatHttpCheck(readObject(existing, 'httpGet') ?? {}, container);
      if ('refused' in found)
        return { refused: `${name} ${kind} check by HTTP that the probe cannot perform: ${found.refused}` };
      if (options.http !== true) {
        return {
          refused: `${name} ${kind} check by HTTP already, and there can be only one`,
          hint: '--http has the probe perform it, as a plain GET from 127.0.0.1.',
        };
      }
      if (carried === 'script') {
        return {
          refused: `${name} ${kind} check by HTTP, which only the binary can perform`,
          hint: 'Leave --form=script away.',
        };
      }
      const patience = Math.min(LONGEST, former);
      const timeoutSeconds = options.timeout ?? patience + limit + OVERHEAD;
      const inner = Math.min(patience, timeoutSeconds - limit - 1);
      if (inner < 1) return tooShort(timeoutSeconds);
      const command = [
        ...program,
        ...boundCheck(check, limit),
        '--',
        HTTP_FILE,
        escapeDollars(found.http),
        String(inner),
      ];
      return { check: { ...rest, exec: { command }, ...asked, timeoutSeconds }, keeps: 'http', notes: found.notes };
    }
    default: {
      const what = handlers[0] === 'grpc' ? 'gRPC' : 'TCP';
      return {
        refused: `${name} ${kind} check by ${what} already, there can be only one, and the probe cannot perform that`,
        hint: 'Make it an exec or HTTP check first, or watch in another container with --container.',
      };
    }
  }
}

/** The check with the time that it has. */
function boundCheck(check: readonly string[], limit: number): string[] {
  return check.length === 0 ? [] : [...check, `--timeout=${limit}`];
}

function tooShort(timeoutSeconds: number): MadeCheck {
  return {
    refused: `a time-out of ${timeoutSeconds} s leaves the check no time`,
    hint: 'The kubelet counts a time-out as a failure: give --timeout=5 or more.',
  };
}
