import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { isJsonObject, readObject, readText } from '../../src/objects/json.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import { startClusterProxy } from '../support/cluster-proxy.ts';
import type { Contender, Environment } from './measure.ts';

/** Answers of a real API server, by what was asked (`questionOf`). */
export type Recording = Record<string, RecordedAnswer>;

export type RecordedAnswer =
  | { is: 'body'; status: number; type: string; text: string }
  | {
      is: 'collection';
      /** All but its members. */
      frame: Record<string, unknown>;
      field: 'items' | 'rows';
      /** JSON texts; those in namespaces with a number, which can be had many times, and those in the others, which come after them. */
      numbered: string[];
      others: string[];
    };

/** What counts of a request: not the page. */
export function questionOf(url: string, accept: string): string {
  const { pathname, searchParams } = new URL(url, 'http://unused');
  for (const name of ['limit', 'continue', 'timeoutSeconds']) searchParams.delete(name);
  searchParams.sort();
  return `${pathname}?${searchParams} ${accept}`;
}

/**
 * Records every answer that the contenders get, all pages of it. Watches are refused the stream of what is there, so that they list it.
 * @throws when a contender fails
 */
export async function recordAnswers(
  contenders: readonly Contender[],
  cluster: ClusterDescription,
  env: Environment,
): Promise<Recording> {
  const recording: Recording = {};
  const watched = new Set<Promise<void>>();
  await using proxy = await startClusterProxy(cluster, {
    intercept: ({ url }) => refuseStreaming(url) ?? { act: 'pass' },
    watch(message, answer) {
      const { searchParams } = new URL(message.url ?? '/', 'http://unused');
      const isKept = message.method === 'GET' && !searchParams.has('watch') && !isOfThePast(searchParams);
      if (isKept) watched.add(keep(recording, message, answer));
    },
  });
  for (const { name, command } of contenders) {
    const child = Bun.spawn([...command, `--server=${proxy.url}`], {
      env,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    });
    const complaint = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`${name} ended badly while it was recorded: ${complaint}`);
    await Promise.all(watched);
  }
  return recording;
}

/** True for a question about an exact version, to which a server that remembers nothing says so. */
export function isOfThePast(query: URLSearchParams): boolean {
  return query.get('resourceVersionMatch') === 'Exact';
}

/** The answer of a server that is too old to stream what is there as the beginning of a watch. */
export function refuseStreaming(url: string): { act: 'answer'; code: number; reason: string } | null {
  const { searchParams } = new URL(url, 'http://unused');
  return searchParams.has('sendInitialEvents') ? { act: 'answer', code: 422, reason: 'Invalid' } : null;
}

async function keep(recording: Recording, message: IncomingMessage, answer: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { url = '/', headers } = message;
  const question = questionOf(url, headers.accept ?? '');
  await new Promise((resolve) => answer.on('close', resolve));
  const bytes = Buffer.concat(chunks);
  const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  const isNextPage = new URL(url, 'http://unused').searchParams.has('continue');
  addAnswer(
    recording,
    question,
    { status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text },
    isNextPage,
  );
}

/** Adds one answer, or the next page of one. */
export function addAnswer(
  recording: Recording,
  question: string,
  { status, type, text }: { status: number; type: string; text: string },
  isNextPage: boolean,
): void {
  const body: unknown = status === 200 ? JSON.parse(text) : undefined;
  const field = isJsonObject(body) ? (['items', 'rows'] as const).find((name) => Array.isArray(body[name])) : undefined;
  const path = question.slice(0, question.indexOf('?'));
  // Discovery has items as well, which are in no namespace.
  if (!isJsonObject(body) || field === undefined || /^\/apis?$/.test(path)) {
    recording[question] = { is: 'body', status, type, text };
    return;
  }
  const { [field]: members, ...frame } = body;
  const known = recording[question];
  const collection =
    isNextPage && known?.is === 'collection'
      ? known
      : { is: 'collection' as const, frame, field, numbered: [], others: [] };
  recording[question] = collection;
  for (const member of Array.isArray(members) ? members : []) {
    const kind = isNumbered(member) ? 'numbered' : 'others';
    collection[kind].push(JSON.stringify(member));
  }
}

function isNumbered(member: unknown): boolean {
  if (!isJsonObject(member)) return false;
  const metadata = readObject(member, 'metadata') ?? readObject(readObject(member, 'object'), 'metadata');
  return /-\d{5}$/.test(readText(metadata, 'namespace'));
}
