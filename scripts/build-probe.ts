import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ARCHITECTURES } from '../src/probe/probe-options.ts';

const folder = join(import.meta.dirname, '../probe');

/**
 * Builds the binaries of the probe, those that this machine has compilers for; where nothing changed that takes no time.
 * @param tell gets a sentence for each that cannot be built
 */
export function buildProbe(tell: (line: string) => void): void {
  for (const arch of ARCHITECTURES) {
    const targets = ['probe', 'http'].map((name) => `build/kubectl-reload-${name}-${arch}`);
    const { error, status, stderr } = spawnSync('make', ['-C', folder, ...targets], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split('\n').slice(0, 3).join('; ');
    tell(`the probe for ${arch} cannot be built here, and is left out: ${reason}`);
  }
}
