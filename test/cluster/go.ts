import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './cache.ts';
import { SetupError } from './setup-error.ts';

/** One program to build with Go. */
export interface GoBuild {
  /** Folder of the go.mod. */
  folder: string;
  /** Import path, or `.` for the folder itself. */
  package: string;
  output: string;
  tags?: string;
  ldflags: string;
}

// From 1.21 on, Go fetches the toolchain that a go.mod asks for by itself.
const oldestGo = 21;

/** Throws a SetupError when there is no Go that can build the pinned programs. */
export function requireGo(environment: Environment): void {
  const result = spawnSync('go', ['env', 'GOVERSION'], {
    env: { ...environment, GOTOOLCHAIN: 'local' },
    encoding: 'utf8',
  });
  const minor = /^go1\.(\d+)/.exec(result.stdout ?? '')?.[1];
  if (result.error === undefined && minor !== undefined && Number(minor) >= oldestGo) return;
  const found = minor === undefined ? '' : ` (found Go 1.${minor})`;
  throw new SetupError(
    `Go 1.26 or newer is needed to build the test cluster${found}: install it from https://go.dev/dl or with the package manager of your system.`,
  );
}

/** Builds one program; it appears at `output` only when it is whole. Throws with the compiler's own words. */
export async function buildGo(build: GoBuild, environment: Environment): Promise<void> {
  const draft = `${build.output}.${process.pid}.part`;
  const flags = ['-trimpath', '-ldflags', build.ldflags, ...(build.tags ? ['-tags', build.tags] : [])];
  // CGO off: the programs then need no C compiler here and no particular libc where they run.
  const child = spawn('go', ['build', ...flags, '-o', draft, build.package], {
    cwd: build.folder,
    env: { ...environment, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`go build ${build.package} failed:\n${errors.trim()}`);
  renameSync(draft, build.output);
}

/** The version that the go.mod of `folder` pins for the module which holds `packagePath`; '' if it names none. */
export function pinnedVersion(folder: string, packagePath: string): string {
  const requirements = readFileSync(join(folder, 'go.mod'), 'utf8').matchAll(
    /^(?:require)?\s+(\S+) (v\S+)( \/\/ indirect)?$/gm,
  );
  for (const [, module, version] of requirements) {
    if (module !== undefined && version !== undefined && `${packagePath}/`.startsWith(`${module}/`)) return version;
  }
  return '';
}
