import { findExecutable } from '../find-executable.ts';
import { isSystemError, runProgram } from '../run-program.ts';
import type { ExecRequest, ExecResult } from './cluster.ts';
import type { ConnectionOptions, Environment } from './environment.ts';
import { ExecError, isGone, isNoCommand } from './exec-error.ts';
import { ByteQueue, OUTPUT_LIMIT, tooMuch } from './exec-result.ts';

/**
 * Makes the function that runs commands in containers by `kubectl exec`, with the flags that this program was given.
 * @throws ExecError, also when there is no kubectl
 */
export function makeExecByKubectl(
  options: ConnectionOptions,
  environment: Environment,
): (request: ExecRequest) => Promise<ExecResult> {
  return async (request) => {
    const kubectl = await findExecutable('kubectl', environment);
    if (kubectl === undefined) {
      throw new ExecError(
        'forbidden',
        'this user may create pods/exec but not get it, which takes kubectl, and there is no kubectl in PATH',
        { hint: 'ask for the right to get pods/exec too, or install kubectl' },
      );
    }
    const { namespace, pod, container, command, signal } = request;
    // Each as one word, so that no name is taken for a flag.
    const where = [`--namespace=${namespace}`, `--container=${container}`, `pod/${pod}`];
    const args = [...connectionFlags(options), 'exec', ...where, '--', ...command];
    const result = await collect(kubectl, args, environment, signal);
    return result.exitCode === 0 ? result : { ...result, exitCode: readRemoteCode(result) };
  };
}

/** The flags of the connection as kubectl takes them. */
function connectionFlags(options: ConnectionOptions): string[] {
  const flags: Record<string, string | boolean | readonly string[] | undefined> = {
    kubeconfig: options.kubeconfig,
    context: options.context,
    cluster: options.cluster,
    user: options.user,
    server: options.server,
    token: options.token,
    username: options.username,
    password: options.password,
    as: options.as,
    'as-group': options.asGroup,
    'as-uid': options.asUid,
    'as-user-extra': options.asUserExtra,
    'insecure-skip-tls-verify': options.insecureSkipTlsVerify,
    'certificate-authority': options.certificateAuthority,
    'client-certificate': options.clientCertificate,
    'client-key': options.clientKey,
    'tls-server-name': options.tlsServerName,
  };
  return Object.entries(flags).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : value ? [value] : [];
    return values.map((one) => `--${name}=${one}`);
  });
}

async function collect(
  path: string,
  args: readonly string[],
  { env, cwd }: Environment,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  const [stdout, stderr] = [new ByteQueue(), new ByteQueue()];
  const keep = (queue: ByteQueue) => (chunk: Buffer) => {
    queue.push(chunk);
    if (stdout.length + stderr.length > OUTPUT_LIMIT) throw tooMuch();
  };
  const setting = { env, cwd, stdout: keep(stdout), stderr: keep(stderr), signal };
  const ended = await runProgram(path, args, setting).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
    throw new ExecError('failed', `kubectl could not be run: ${error.message}`, { cause: error });
  });
  if (ended.exitCode === null) throw new ExecError('failed', `kubectl was ended by ${ended.signal}`);
  return { stdout: stdout.read(), stderr: stderr.read(), exitCode: ended.exitCode };
}

/** kubectl's last line tells the exit code of the command; without it, kubectl itself failed. */
function readRemoteCode({ stderr }: ExecResult): number {
  const text = Buffer.from(stderr).toString('utf8').trim();
  const remote = /command terminated with exit code (\d+)$/.exec(text)?.[1];
  if (remote !== undefined) return Number(remote);
  const kind = /\(Forbidden\)/.test(text) ? 'forbidden' : isNoCommand(text) ? 'no-command' : undefined;
  const isAbsent = isGone(text) || /\((NotFound|BadRequest)\)/.test(text);
  throw new ExecError(kind ?? (isAbsent ? 'gone' : 'failed'), text.replace(/^error: /, '') || 'kubectl exec failed');
}
