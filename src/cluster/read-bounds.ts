import { projectAutoscaler, projectBudget, projectQuota } from '../objects/bounds.ts';
import type { Bounds, ObjectReference } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

/** The namespaces to read, by what is to be read of them. */
export type BoundsWanted = Readonly<Record<keyof Bounds, readonly string[]>>;

/** So many namespaces cost more requests than the objects of all of them do. */
const MANY_NAMESPACES = 4;

const PLURALS: Readonly<Record<keyof Bounds, readonly [root: string, plural: string]>> = {
  budgets: ['/apis/policy/v1', 'poddisruptionbudgets'],
  autoscalers: ['/apis/autoscaling/v2', 'horizontalpodautoscalers'],
  quotas: ['/api/v1', 'resourcequotas'],
};

/**
 * Reads what bounds pods from outside, all side by side. What may not be read, or what the server does not know, is left out.
 * @throws as `Cluster.list`, but for 403 and 404
 */
export async function readBounds(cluster: Cluster, wanted: BoundsWanted, signal?: AbortSignal): Promise<Bounds> {
  async function list<T extends { ref: ObjectReference }>(
    what: keyof Bounds,
    project: (raw: unknown) => T,
  ): Promise<T[]> {
    const namespaces = new Set(wanted[what]);
    const [root, plural] = PLURALS[what];
    const keep = (raw: unknown): T | undefined => {
      const read = project(raw);
      return namespaces.has(read.ref.namespace) ? read : undefined;
    };
    const paths =
      namespaces.size > MANY_NAMESPACES
        ? [`${root}/${plural}`]
        : [...namespaces].map((namespace) => `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`);
    const found = await Promise.all(
      paths.map((path) =>
        cluster.list({ path, form: 'full', project: keep, signal }).then(({ items }) => items, withoutAnswer),
      ),
    );
    return found.flat();
  }
  const [budgets, autoscalers, quotas] = await Promise.all([
    list('budgets', projectBudget),
    list('autoscalers', projectAutoscaler),
    list('quotas', projectQuota),
  ]);
  return { budgets, autoscalers, quotas };
}

function withoutAnswer(error: unknown): never[] {
  if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return [];
  throw error;
}
