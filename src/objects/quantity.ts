const SCALES: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * A quantity as Kubernetes writes it (`100m`, `1.5Gi`, `2e3`, the number 2) as a number; `null` for what is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const [, number = '', suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))((?:[eE][+-]?\d+)|[a-zA-Z]*)$/.exec(value.trim()) ?? [];
  if (number === '') return null;
  if (/\d/.test(suffix)) return Number(number + suffix);
  return Object.hasOwn(SCALES, suffix) ? Number(number) * (SCALES[suffix] ?? 1) : null;
}
