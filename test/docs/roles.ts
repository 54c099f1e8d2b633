import { globSync, readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, callAdmin, waitFor } from '../cluster/shared.ts';

/** Rules of a Role, as the API has them. */
interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** One right, such as to list pods. */
export interface Right {
  group: string;
  resource: string;
  verb: string;
}

/** A name for a right, such as `list pods`, or `patch deployments.apps`. */
export function nameRight({ group, resource, verb }: Right): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** The names of the roles that are ready to use. */
export function listRoles(): string[] {
  return globSync('docs/roles/*.yaml')
    .map((path) => path.replace(/^.*\/|\.yaml$/g, ''))
    .sort();
}

/** Every right that a ClusterRole of `docs/roles` gives. */
export function readRights(role: string): Right[] {
  const documents = loadAll(readFileSync(`docs/roles/${role}.yaml`, 'utf8'));
  const clusterRole = documents.find(isClusterRole);
  return (clusterRole?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
}

function isClusterRole(document: unknown): document is { kind: 'ClusterRole'; rules: Rule[] } {
  return typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'ClusterRole';
}

/** Gives users rights in a namespace, and waits until the API server knows of it. */
export async function grant(
  cluster: TestCluster,
  namespace: string,
  users: ReadonlyMap<string, readonly Right[]>,
): Promise<void> {
  const objects = [...users].flatMap(([user, rights]) => [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: user },
      rules: rights.map(({ group, resource, verb }) => ({ apiGroups: [group], resources: [resource], verbs: [verb] })),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: user },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    },
  ]);
  await apply(cluster, namespace, objects);
  for (const [user, [right]] of users) {
    if (right === undefined) continue;
    await waitFor(() => mayDo(cluster, namespace, user, right), 60_000, `the rights of ${user}`);
  }
}

async function mayDo(cluster: TestCluster, namespace: string, user: string, right: Right): Promise<boolean> {
  const [resource = '', subresource = ''] = right.resource.split('/');
  const { text } = await callAdmin(cluster, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { namespace, group: right.group, resource, subresource, verb: right.verb } },
  });
  const review: { status?: { allowed?: boolean } } = JSON.parse(text);
  return review.status?.allowed === true;
}
