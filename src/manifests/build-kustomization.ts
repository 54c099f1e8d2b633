import { ReloadError } from '../error.ts';
import type { ProgramSetting } from '../run-program.ts';
import { isSystemError, runProgram } from '../run-program.ts';
import type { ManifestText } from './manifest.ts';
import { makeTextReader } from './read-stream.ts';

/**
 * What `kubectl kustomize` makes of a directory.
 * @throws ReloadError when there is no kubectl, and with its words when it fails; the signal's reason when aborted
 */
export async function buildKustomization(
  directory: string,
  setting: Pick<ProgramSetting, 'env' | 'cwd' | 'signal'>,
): Promise<ManifestText> {
  const [stdout, stderr] = [makeTextReader('the output of kubectl'), makeTextReader('the output of kubectl')];
  const outputs = { stdout: stdout.add, stderr: stderr.add };
  const run = runProgram('kubectl', ['kustomize', '--', directory], { ...setting, ...outputs });
  const { exitCode, signal } = await run.catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    throw new ReloadError('-k needs kubectl, and it is not in PATH', {
      hint: `Install kubectl, or: kustomize build ${directory} | kubectl reload deps -f -`,
      cause: error,
    });
  });
  if (exitCode === 0) return { file: `kubectl kustomize ${directory}`, text: stdout.read() };
  const said = stderr.read().trim();
  const reason = said.replace(/^error: /, '') || `it ended with ${signal ?? `exit code ${exitCode}`}`;
  throw new ReloadError(`kubectl kustomize ${directory}: ${reason}`);
}
