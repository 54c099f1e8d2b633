import type { RecordedAnswer } from './recording.ts';

type Collection = Extract<RecordedAnswer, { is: 'collection' }>;

const NUMBER = /-(\d{5})\b/g;
const UID = /\b[0-9a-f]{4}(?=[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/g;

/**
 * Another copy of an object, or of all that a text says of objects: other numbers in the names, other uids.
 * @param step how many numbers one copy takes up
 */
export function copyText(text: string, copy: number, step: number): string {
  if (copy === 0) return text;
  return text
    .replace(NUMBER, (_, digits: string) => `-${String(Number(digits) + copy * step).padStart(5, '0')}`)
    .replace(UID, (digits) => ((Number.parseInt(digits, 16) + copy * 257) % 65_536).toString(16).padStart(4, '0'));
}

/** The recorded URL that one of a copy stands for, and which copy that is; `null` where the URL names nothing that has a number. */
export function findOriginal(url: string, step: number): { url: string; copy: number | null } {
  const found = /-(\d{5})\b/.exec(url)?.[1];
  const copy = found === undefined ? null : Math.floor(Number(found) / step);
  return { url: copy === null ? url : copyText(url, -copy, step), copy };
}

/**
 * One page of a collection with its copies, as JSON.
 * @param from which member comes first
 * @param limit of the members; none for all
 */
export function renderPage(
  collection: Collection,
  { from, limit, copies, step }: { from: number; limit: number | null; copies: number; step: number },
): string {
  const { frame, field, numbered, others } = collection;
  const total = numbered.length * copies + others.length;
  const to = limit === null ? total : Math.min(total, from + limit);
  const members: string[] = [];
  for (let index = from; index < to; index++) {
    const copy = Math.floor(index / numbered.length);
    const member =
      index < numbered.length * copies
        ? copyText(numbered[index % numbered.length] ?? '', copy, step)
        : others[index - numbered.length * copies];
    if (member !== undefined) members.push(member);
  }
  const { metadata, ...rest } = frame;
  const version = metadata !== null && typeof metadata === 'object' && 'resourceVersion' in metadata ? metadata : {};
  const { continue: _, remainingItemCount: __, ...kept }: Record<string, unknown> = { ...version };
  const place = to < total ? { continue: String(to), remainingItemCount: total - to } : {};
  const head = JSON.stringify({ ...rest, metadata: { ...kept, ...place } });
  return `${head.slice(0, -1)},"${field}":[${members.join()}]}`;
}
