import type { ApiError } from '../cluster/api-error.ts';
import type { ApiRequest, Cluster } from '../cluster/cluster.ts';
import type { Rights } from '../cluster/read-rights.ts';
import { FIELD_MANAGER } from '../name.ts';
import type { ObjectReference, RestartStep, Workload } from '../types.ts';
import { makeDryRunPod } from './dry-run-pod.ts';
import type { Finding } from './explain-dry-run.ts';
import { explainDryRun, explainDryRunOfEviction, explainDryRunOfPod } from './explain-dry-run.ts';
import { checkRights } from './needed-rights.ts';
import { makeRestartPatch } from './patch.ts';
import type { Refusal } from './refusal.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently } from './request-patiently.ts';
import { workloadPath } from './send-patch.ts';

/** How to check a step. */
export interface CheckOptions extends PatientOptions {
  /** The rollouts are to be followed. */
  follow: boolean;
  /** Warn of what the API server refuses where a restart may work all the same. */
  force: boolean;
}

/** What the API server says of a step. */
export interface StepCheck {
  refusal: Refusal | null;
  warnings: string[];
}

/**
 * Asks the API server about one step, by dry runs only, until it refuses something.
 * @throws when the server cannot be asked
 */
export async function checkStep(
  cluster: Cluster,
  step: RestartStep,
  workload: Workload,
  rights: Rights,
  options: CheckOptions,
): Promise<StepCheck> {
  const { refusal, warnings, mayCreatePods } = await checkRights(step, rights, options.follow);
  if (refusal !== null || step.action === 'wait') return { refusal, warnings };
  const said = new Set(warnings);

  /** What the server makes of a request; `null` when it will not have it. */
  async function ask(request: ApiRequest, explain: (error: unknown) => Finding): Promise<object | null> {
    const onWarning = (text: string): void => {
      said.add(`the API server warns: ${text}`);
      options.onWarning?.(text);
    };
    try {
      return await requestPatiently<object>(cluster, request, { ...options, onWarning }, isVerdict);
    } catch (error) {
      const finding = explain(error);
      if (finding === null) return null;
      if ('code' in finding && !(options.force && finding.mayForce)) throw new Refused(finding);
      said.add('code' in finding ? finding.reason : finding.warning);
      return null;
    }
  }

  try {
    const object =
      step.action === 'evict'
        ? await ask({ path: workloadPath(step.workload) }, explainDryRun)
        : await ask(patchOf(step, step.action, options.clock.now()), explainDryRun);
    const [first] = step.evict ?? [];
    if (first !== undefined) await ask(evictionOf(step.workload, first.name), explainDryRunOfEviction);
    const pod = object === null || !mayCreatePods || !makesPods(workload) ? null : makeDryRunPod(object, step.workload);
    if (pod !== null) await ask(podOf(step.workload, pod), (error) => explainDryRunOfPod(error, step, workload));
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal, warnings: [] };
    throw error;
  }
  return { refusal: null, warnings: [...said] };
}

/** Ends the questions about a step. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

const DRY_RUN = { dryRun: 'All', fieldManager: FIELD_MANAGER };

/** The answer to this dry run is the workload as it would be then. */
function patchOf({ workload, uid }: RestartStep, action: 'patch' | 'restartAt', time: number): ApiRequest {
  const { contentType, body } = makeRestartPatch({ uid, action }, time, null);
  return { method: 'PATCH', path: workloadPath(workload), query: DRY_RUN, contentType, body };
}

function podsPath({ namespace }: ObjectReference): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function podOf(workload: ObjectReference, body: object): ApiRequest {
  return { method: 'POST', path: podsPath(workload), query: DRY_RUN, body };
}

/** A dry run of an eviction asks the disruption budgets and takes nothing of them. */
function evictionOf(workload: ObjectReference, name: string): ApiRequest {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: workload.namespace } };
  const path = `${podsPath(workload)}/${encodeURIComponent(name)}/eviction`;
  return { method: 'POST', path, query: { dryRun: 'All' }, body };
}

/** A workload that is to have no pod makes none. */
function makesPods({ policy, progress }: Workload): boolean {
  return policy.replicas !== 0 && progress?.desired !== 0;
}

/** Refusals that look like a server in trouble, and are its verdict on what was asked. */
function isVerdict({ code, statusMessage, details }: ApiError): boolean {
  if (code === 429) return details.causes.some(({ reason }) => reason === 'DisruptionBudget');
  return code === 500 && /webhook|more than one PodDisruptionBudget/.test(statusMessage);
}
