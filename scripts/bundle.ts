import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENTRY = 'cmd/kubectl-reload.ts';

const BUNDLE_FLAGS = [
  '--minify',
  '--format=esm',
  '--splitting',
  // ink asks for it in development only, by a variable that anybody may have set (DEV), and a compiled program would take it from the
  // current folder: what ink looks for it with finds nothing.
  '--external=react-devtools-core',
  '--define=import.meta.resolve=undefined',
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
 * @returns the paths of the modules that are in it
 * @throws with the compiler's own words
 */
export function compileProgram(outfile: string, probe: string, target?: CompileTarget): Promise<string[]> {
  return build([
    '--compile',
    '--bytecode',
    // Most runs are over before machine code pays for its making: that of 20 workloads took a third of its CPU time for it.
    '--compile-jit-policy=10',
    // `--compile-exec-argv=--expose-gc` would do too, but with any flag for it the runtime takes others from the environment, and one of them
    // (BUN_INSPECT_PRELOAD) executes a file.
    '--define=RUNTIME_COLLECT=Bun.gc',
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
 * @returns the paths of the modules that are in it
 * @throws with the compiler's own words
 */
export function bundleForNode(folder: string): Promise<string[]> {
  return build(['--target=node', ...BUNDLE_FLAGS, ENTRY, `--outdir=${folder}`]);
}

async function build(args: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-reload-bundle-'));
  try {
    const metafile = join(folder, 'metafile.json');
    await runBun(['build', `--metafile=${metafile}`, ...args]);
    const { inputs }: { inputs: Record<string, unknown> } = JSON.parse(await readFile(metafile, 'utf8'));
    return Object.keys(inputs);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runBun(args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
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
