/**
 * Builds the program for this machine: dist/kubectl-reload, one file that needs nothing else.
 * `npm run build`
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readProbeFiles } from '../cmd/probe-files.ts';
import { buildProbe } from './build-probe.ts';

const target = 'dist/kubectl-reload';
const started = performance.now();
mkdirSync('dist', { recursive: true });
// Built beside and renamed, so that two builds at once never leave half a program.
const building = `${target}.${process.pid}`;
buildProbe((line) => process.stderr.write(`warning: ${line}\n`));
const probe = gzipSync(JSON.stringify(await readProbeFiles('probe'))).toString('base64');
const { status } = spawnSync(
  process.execPath,
  [
    'build',
    '--compile',
    '--minify',
    '--bytecode',
    '--format=esm',
    '--splitting',
    // ink asks for it in development only.
    '--external=react-devtools-core',
    // Of react only what it needs to work.
    '--define=process.env.NODE_ENV="production"',
    // What `probe inject` puts into pods; `cmd/probe-files.ts` unpacks it.
    `--define=EMBEDDED_PROBE="${probe}"`,
    // Without these a .env or bunfig.toml of the current folder is executed.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    'cmd/kubectl-reload.ts',
    `--outfile=${building}`,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
if (status !== 0) process.exit(status ?? 1);
renameSync(building, target);
const megabytes = (statSync(target).size / 1e6).toFixed(0);
process.stderr.write(`${target} built in ${((performance.now() - started) / 1000).toFixed(1)} s, ${megabytes} MB\n`);
