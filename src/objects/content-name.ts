/** Ten letters of a hash, in an alphabet without vowels and look-alikes. */
const HASHED = /^(.+)-[2456789bcdfghkmt]{10}$/;

/**
 * True for a name that ends in a hash of the content, as kustomize and `kubectl create --append-hash` write it: what has such a name
 * has the same content whenever it is created again.
 */
export function isNamedByContent(name: string): boolean {
  return HASHED.test(name);
}

/** The name without a hash of the content at its end; `null` for a name that has none. */
export function baseName(name: string): string | null {
  return HASHED.exec(name)?.[1] ?? null;
}
