import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { acceptList } from './accept.ts';
import type { Cluster } from './cluster.ts';

/**
 * The names of a collection, by one request and at most `limit` of them: a table without its objects, the smallest answer that holds
 * them. No value of a Secret is in it.
 * @throws as `Cluster.request`
 */
export async function listNames(
  cluster: Cluster,
  path: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<string[]> {
  const query = { includeObject: 'None', limit: String(limit) };
  const answer = await cluster.request<unknown>({ path, query, accept: acceptList('table'), signal });
  if (!isJsonObject(answer)) return [];
  const column = readObjects(answer, 'columnDefinitions').findIndex(({ format }) => format === 'name');
  const names =
    column === -1
      ? // A server that knows no tables sends the metadata of the objects.
        readObjects(answer, 'items').map((item) => readText(readObject(item, 'metadata'), 'name'))
      : readObjects(answer, 'rows').map(({ cells }) => (Array.isArray(cells) ? cells[column] : undefined));
  return names.filter((name) => typeof name === 'string');
}
