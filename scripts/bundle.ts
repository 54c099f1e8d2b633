import { spawn } from 'node:child_process';

const ENTRY = 'cmd/kubectl-reload.ts';

const BUNDLE_FLAGS = [
  '--minify',
  '--format=esm',
  '--splitting',
  // ink asks for it in development only.
  '--external=react-devtools-core',
  // Of react only what it needs to work.
  '--define=process.env.NODE_ENV="production"',
];

/** A machine other than this one. */
export interface CompileTarget {
  /** As `bun build --target` names it. */
  name: string;
  /** Path of the bun for that machine. */
  runtime: string;
}

/**
 * Compiles the program of the current folder to one file that needs nothing else.
 * @param outfile the name it has stands in the program too, so two builds give the same bytes only under the same name
 * @param probe what `EMBEDDED_PROBE` is to hold (`cmd/probe-files.ts`)
 * @throws with the compiler's own words
 */
export async function compileProgram(outfile: string, probe: string, target?: CompileTarget): Promise<void> {
  await build([
    '--compile',
    '--bytecode',
    ...BUNDLE_FLAGS,
    `--define=EMBEDDED_PROBE="${probe}"`,
    // Without these a .env or bunfig.toml of the current folder is executed.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    ...(target === undefined ? [] : [`--target=${target.name}`, `--compile-executable-path=${target.runtime}`]),
    ENTRY,
    `--outfile=${outfile}`,
  ]);
}

/**
 * Bundles the program of the current folder for Node.js: `kubectl-reload.js` and its chunks.
 * @throws with the compiler's own words
 */
export async function bundleForNode(folder: string): Promise<void> {
  await build(['--target=node', ...BUNDLE_FLAGS, ENTRY, `--outdir=${folder}`]);
}

function build(args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, ['build', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.on('error', reject).on('close', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`bun build failed:\n${errors.trim()}`));
  });
  return promise;
}
