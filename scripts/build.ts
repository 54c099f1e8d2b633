/**
 * Builds the program for this machine: dist/kubectl-reload, one file that needs nothing else.
 * `npm run build`
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { buildProbe } from './build-probe.ts';
import { compileProgram } from './bundle.ts';
import { embedProbe } from './embed-probe.ts';

const target = 'dist/kubectl-reload';
const started = performance.now();
// Built beside and renamed, so that two builds at once never leave half a program.
const folder = `dist/build.${process.pid}`;
mkdirSync(folder, { recursive: true });
try {
  buildProbe((line) => process.stderr.write(`warning: ${line}\n`));
  await compileProgram(`${folder}/kubectl-reload`, await embedProbe());
  renameSync(`${folder}/kubectl-reload`, target);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
if (process.exitCode !== 1) {
  const megabytes = (statSync(target).size / 1e6).toFixed(0);
  process.stderr.write(`${target} built in ${((performance.now() - started) / 1000).toFixed(1)} s, ${megabytes} MB\n`);
}
