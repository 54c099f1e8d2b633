import { spawn } from 'node:child_process';
import type { ClusterDescription } from './supervisor-report.ts';

/** How a kubectl ended and what it printed. */
export interface KubectlResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the kubectl that was built with the cluster, as its administrator. A failure is a result, not an exception. */
export function kubectl(
  cluster: Pick<ClusterDescription, 'kubectl' | 'kubeconfig'>,
  args: readonly string[],
  options: { stdin?: string } = {},
): Promise<KubectlResult> {
  const { promise, resolve, reject } = Promise.withResolvers<KubectlResult>();
  const child = spawn(cluster.kubectl, args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
  const result: KubectlResult = { code: 0, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      result[name] += text;
    });
  }
  // kubectl may end without reading its input, for example when its flags are wrong.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  child.on('error', reject);
  child.on('close', (code) => resolve({ ...result, code: code ?? -1 }));
  return promise;
}

/** What kubectl answers, as `kubectl` runs it. Throws with its words when it fails. */
export async function askKubectl(...question: Parameters<typeof kubectl>): Promise<string> {
  const { code, stdout, stderr } = await kubectl(...question);
  if (code !== 0) throw new Error(`kubectl ${question[1].join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * Applies YAML, or objects, in a namespace with `kubectl apply`.
 * Throws with kubectl's words when that fails.
 */
export async function apply(
  cluster: Pick<ClusterDescription, 'kubectl' | 'kubeconfig'>,
  namespace: string,
  manifests: string | readonly object[],
): Promise<void> {
  const stdin =
    typeof manifests === 'string' ? manifests : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  const result = await kubectl(cluster, ['apply', '--namespace', namespace, '-f', '-'], { stdin });
  if (result.code !== 0) throw new Error(`kubectl apply: ${result.stderr.trim()}`);
}
