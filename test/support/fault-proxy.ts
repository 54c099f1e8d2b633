import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '../cluster/certificate.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { ClusterProxy, InterceptedRequest, Interception } from './cluster-proxy.ts';
import { startClusterProxy } from './cluster-proxy.ts';
import type { Fault, FaultPlan } from './fault-plan.ts';
import { chooseFault, isWatch, nameRequest } from './fault-plan.ts';
import { makeRandom } from './random.ts';

/** A server before the API server, where all goes wrong that a plan says. */
export interface FaultProxy extends AsyncDisposable {
  url: string;
  /** Path of a kubeconfig that leads to it. */
  kubeconfig: string;
  /** What went wrong so far, a line each. */
  log: readonly string[];
  /** From now on nothing goes wrong any more, but for a login that has run out for ever. */
  calm(): void;
}

/** Milliseconds for which nobody answers a watch. */
const WATCH_HOLD = 3000;

const REASONS: Record<number, string> = {
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/**
 * Starts the proxy of a plan.
 * @param folder gets its kubeconfig and the file of the token
 */
export async function startFaultProxy(
  cluster: ClusterDescription,
  plan: FaultPlan,
  { folder, authority }: { folder: string; authority: Authority },
): Promise<FaultProxy> {
  const { seed, pageSize, outage, login } = plan;
  const log: string[] = [];
  const counts = new Map<string, number>();
  const tokenFile = `${folder}/token-${seed}`;
  let token = `first-${seed}`;
  let requests = 0;
  let isCalm = false;
  let isSilent = false;
  let proxy: ClusterProxy | null = null;
  writeFileSync(tokenFile, token);

  /** A server that is away for ever ends with the run. */
  async function beginOutage({ manner, milliseconds }: NonNullable<FaultPlan['outage']>): Promise<void> {
    const isAway = manner === 'away';
    if (isAway) await proxy?.goAway(true);
    else isSilent = true;
    if (milliseconds === null) return;
    await sleep(milliseconds);
    isSilent = false;
    if (isAway) await proxy?.goAway(false);
    // What was asked of a server that said nothing is never answered.
    else proxy?.cutAll();
  }

  function expireLogin(isRenewed: boolean): void {
    token = `second-${seed}`;
    if (isRenewed) writeFileSync(tokenFile, token);
  }

  async function intercept(request: InterceptedRequest): Promise<Interception> {
    const number = requests++;
    const name = nameRequest(request);
    if (login?.at === number) expireLogin(login.isRenewed);
    if (login !== null && request.authorization !== `Bearer ${token}`) {
      log.push(`${name}: login refused`);
      return { act: 'answer', code: 401, reason: 'Unauthorized' };
    }
    if (isCalm) return { act: 'pass' };
    if (outage?.at === number) {
      log.push(`${name}: the server is ${outage.manner} for ${outage.milliseconds ?? 'ever'}`);
      const begun = beginOutage(outage);
      if (outage.manner === 'away') {
        begun.catch(() => undefined);
        return { act: 'cut' };
      }
    }
    if (isSilent) return { act: 'hold' };
    const ordinal = counts.get(name) ?? 0;
    counts.set(name, ordinal + 1);
    const fault = chooseFault(plan, request, ordinal);
    if (fault.fault !== 'none') log.push(`${name} (${ordinal}): ${JSON.stringify(fault)}`);
    if (fault.fault === 'delay') await sleep(fault.milliseconds);
    if (fault.fault === 'hold' && isWatch(request)) {
      // Nothing but the silence of a minute and a half ends the patience with a watch.
      await sleep(WATCH_HOLD);
      return { act: 'cut' };
    }
    return interceptionOf(fault, request, plan, number);
  }

  proxy = await startClusterProxy(cluster, {
    intercept,
    rewrite: (url) => (pageSize === null ? url : url.replace(/([?&]limit=)\d+/, `$1${pageSize}`)),
    ...(login !== null && { certificate: authority.issueServer('fault proxy') }),
  });
  const kubeconfig = `${folder}/kubeconfig-${seed}`;
  const entry = {
    server: proxy.url,
    ...(login !== null && { 'certificate-authority-data': Buffer.from(authority.cert).toString('base64') }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'faulty', cluster: entry }],
    users: [{ name: 'admin', user: login === null ? {} : { tokenFile } }],
    contexts: [{ name: 'faulty', context: { cluster: 'faulty', user: 'admin' } }],
    'current-context': 'faulty',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return {
    url: proxy.url,
    kubeconfig,
    log,
    calm() {
      isCalm = true;
      isSilent = false;
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

function interceptionOf(
  fault: Fault,
  request: InterceptedRequest,
  { seed, isNoisy, outage }: FaultPlan,
  number: number,
): Interception {
  switch (fault.fault) {
    case 'none':
    case 'delay': {
      const isToldOddly = isNoisy && isWatch(request) && outage === null;
      return isToldOddly ? { act: 'pass', shape: { noise: makeRandom(seed ^ number) } } : { act: 'pass' };
    }
    case 'refuse': {
      const { code, retryAfter } = fault;
      const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
      return { act: 'answer', code, reason: REASONS[code] ?? 'InternalError', headers };
    }
    case 'cut':
      return { act: 'cut' };
    case 'lose':
      return { act: 'lose' };
    case 'break':
      return { act: 'pass', shape: { cutAt: fault.at } };
    case 'truncate':
      return { act: 'pass', shape: { endAt: fault.at } };
    case 'close':
      return { act: 'pass', shape: { cutAfter: fault.milliseconds } };
    case 'forget': {
      const object = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
      return { act: 'send', body: { type: 'ERROR', object } };
    }
    case 'hold':
      return { act: 'hold' };
    default:
      return fault satisfies never;
  }
}
