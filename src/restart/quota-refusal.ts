import { parseQuantity } from '../objects/quantity.ts';

/** What the quota admission says when it refuses a pod: `exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3`. */
const EXCEEDED =
  /exceeded quota: (?<quota>[^,]+), requested: (?<requested>.*), used: (?<used>.*), limited: (?<limited>.*)$/;

/**
 * What a refusal for want of quota means for pods that take the place of others: `null` when it is none, and otherwise whether there is
 * room again as soon as one of the same size has gone.
 * @param message the words of the server
 */
export function readQuotaRefusal(message: string): { fitsInPlace: boolean } | null {
  const { used, limited } = EXCEEDED.exec(message)?.groups ?? {};
  if (used === undefined || limited === undefined) return null;
  const limits = readAmounts(limited);
  const fitsInPlace = [...readAmounts(used)].every(([resource, amount]) => amount <= (limits.get(resource) ?? 0));
  return { fitsInPlace };
}

function readAmounts(text: string): Map<string, number> {
  return new Map(
    text.split(',').map((pair) => {
      const [resource = '', amount = ''] = pair.split('=');
      return [resource, parseQuantity(amount) ?? 0];
    }),
  );
}
