import { isJsonObject, readFlag, readObject, readObjects } from '../objects/json.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

/** One thing that somebody may want to do. */
export interface Access {
  verb: string;
  /** '' for the core group. */
  group: string;
  /** The plural, with a subresource behind a slash: `pods/eviction`. */
  resource: string;
  /** '' where no single object is meant. */
  name: string;
}

/** What this user may do in one namespace. */
export interface Rights {
  /**
   * True for what is allowed, and where that cannot be found out.
   * @throws as `Cluster.request`
   */
  may(access: Access): Promise<boolean>;
}

const REVIEWS = '/apis/authorization.k8s.io/v1';

interface Rule {
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames: readonly string[];
}

/**
 * Asks once for all that this user may do in a namespace; where the server says that its list is not complete, once more for each
 * access that is not in it. https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 * @throws as `Cluster.request`, but where such a review is refused
 */
export async function readRights(cluster: Cluster, namespace: string, signal?: AbortSignal): Promise<Rights> {
  const asked = new Map<string, Promise<boolean>>();

  async function review(kind: string, spec: object): Promise<unknown> {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec };
    const path = `${REVIEWS}/${kind.toLowerCase()}s`;
    try {
      const answer = await cluster.request<unknown>({ method: 'POST', isQuestion: true, path, body, signal });
      return isJsonObject(answer) ? readObject(answer, 'status') : undefined;
    } catch (error) {
      if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return undefined;
      throw error;
    }
  }

  async function ask({ verb, group, resource, name }: Access): Promise<boolean> {
    const [plural, subresource] = resource.split('/');
    const resourceAttributes = { namespace, verb, group, resource: plural, subresource, name };
    const status = await review('SelfSubjectAccessReview', { resourceAttributes });
    return isJsonObject(status) ? readFlag(status, 'allowed') : true;
  }

  const status = await review('SelfSubjectRulesReview', { namespace });
  const rules = isJsonObject(status) ? readObjects(status, 'resourceRules').map(readRule) : [];
  const isComplete = isJsonObject(status) && !readFlag(status, 'incomplete');
  return {
    async may(access) {
      if (rules.some((rule) => allows(rule, access))) return true;
      if (isComplete) return false;
      const key = Object.values(access).join(' ');
      const answer = asked.get(key) ?? ask(access);
      asked.set(key, answer);
      return answer;
    },
  };
}

function readRule(rule: Readonly<Record<string, unknown>>): Rule {
  const texts = (field: string): string[] => (Array.isArray(rule[field]) ? rule[field].map(String) : []);
  return {
    verbs: texts('verbs'),
    apiGroups: texts('apiGroups'),
    resources: texts('resources'),
    resourceNames: texts('resourceNames'),
  };
}

/** As RBAC reads a rule: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
function allows(rule: Rule, { verb, group, resource, name }: Access): boolean {
  const [, subresource] = resource.split('/');
  const resources = ['*', resource, ...(subresource === undefined ? [] : [`*/${subresource}`])];
  return (
    ['*', verb].some((word) => rule.verbs.includes(word)) &&
    ['*', group].some((word) => rule.apiGroups.includes(word)) &&
    resources.some((word) => rule.resources.includes(word)) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}
