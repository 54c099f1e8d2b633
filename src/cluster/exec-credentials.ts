import { ReloadError } from '../error.ts';
import { findExecutable } from '../find-executable.ts';
import { isSystemError, runProgram, sendTo } from '../run-program.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { Environment } from './environment.ts';
import { makeExecInfo } from './exec-info.ts';
import { readExecCredential } from './exec-output.ts';
import type { KubeconfigExec } from './kubeconfig.ts';
import type { ResolvedConnection } from './resolve-connection.ts';
import { shareWork } from './shared-work.ts';

/** A credential is replaced this long before it ends, in milliseconds, so that it does not end on its way. */
const LEEWAY = 10_000;
/** Bytes that a plugin may print: a token and a certificate. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Credentials from an exec plugin. It runs when the first request needs it, again shortly before its answer expires, and
 * once more after a 401; requests at the same time share one run, which outlives those that are not patient: it may be asking a person.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function makeExecCredentials(
  exec: KubeconfigExec,
  connection: ResolvedConnection,
  environment: Environment,
): Credentials {
  const now = environment.now ?? Date.now;
  let cached: { credential: Credential; staleAt: number } | undefined;

  const run = shareWork(async () => {
    const output = await runPlugin(exec, connection, environment);
    const { credential, expiresAt } = readExecCredential(output, exec);
    // Half of a short life, or every request would run the plugin.
    cached = { credential, staleAt: expiresAt - Math.min(LEEWAY, Math.max(0, (expiresAt - now()) / 2)) };
    return credential;
  }, environment.interrupted);

  return {
    description: `the exec plugin ${exec.command}`,
    current: async (signal) => (cached && now() < cached.staleAt ? cached.credential : run.join(signal)),
    async renew(rejected, signal) {
      if (!run.isRunning() && cached && !isSame(cached.credential, rejected)) return true;
      return !isSame(await run.join(signal), rejected);
    },
  };
}

function isSame(one: Credential, other: Credential): boolean {
  return one.authorization === other.authorization && one.certificate?.certificate === other.certificate?.certificate;
}

async function runPlugin(
  exec: KubeconfigExec,
  connection: ResolvedConnection,
  environment: Environment,
): Promise<string> {
  const mayAsk = exec.interactiveMode !== 'Never' && environment.interactive;
  if (exec.interactiveMode === 'Always' && !mayAsk) {
    throw failed('exec plugin cannot support interactive mode: standard input is not a terminal', connection);
  }
  const program = await findExecutable(exec.command, environment);
  if (!program) {
    throw new ReloadError(`getting credentials: exec: executable ${exec.command} not found`, {
      hint:
        escapeControls(exec.installHint).trim() ||
        `install the credential plugin ${exec.command}, or put its folder in PATH`,
    });
  }
  const env = {
    ...environment.env,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: await makeExecInfo(exec, connection, mayAsk),
  };
  const { cwd, stderr, interrupted } = environment;
  const printed: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer) => {
    size += chunk.length;
    if (size > LARGEST)
      throw failed(`exec: executable ${exec.command} prints more than ${LARGEST / 1024 / 1024} MiB`, connection);
    printed.push(chunk);
  };
  const outputs = { stdout: keep, stderr: sendTo(stderr) };
  const setting = { env, cwd, interactive: mayAsk, ...outputs, signal: interrupted };
  const { exitCode, signal } = await runProgram(program, exec.args, setting).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
    throw failed(`exec: executable ${exec.command} could not be run: ${error.message}`, connection);
  });
  if (exitCode === 0) return Buffer.concat(printed).toString('utf8');
  throw failed(`exec: executable ${exec.command} failed with ${signal ?? `exit code ${exitCode}`}`, connection);
}

function failed(message: string, connection: ResolvedConnection): ReloadError {
  return new ReloadError(`getting credentials: ${message}`, {
    hint: `the plugin belongs to user "${connection.user}" of the kubeconfig: run it by hand, or log in again`,
  });
}

/** A kubeconfig may come from anyone: nothing in it may steer the terminal. */
function escapeControls(text: string): string {
  return text.replace(/[^\P{C}\t\n]/gu, (character) => `U+${hex(character)}`);
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
