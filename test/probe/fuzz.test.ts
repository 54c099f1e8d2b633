import { afterAll, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileHelper, probeFolder, removeTemporaryFolders } from './build-probe.ts';

// PROBE_FUZZ_SEED=7 PROBE_FUZZ_SECONDS=600 for another and a longer search.
const seed = process.env['PROBE_FUZZ_SEED'] ?? '1';
const seconds = process.env['PROBE_FUZZ_SECONDS'] ?? '8';

afterAll(removeTemporaryFolders);

test(
  'random arguments, volumes, mounts and files of its own never make the probe fail, loop or read where it may not',
  () => {
    const sources = readdirSync(probeFolder).filter((name) => name.endsWith('.c') && name !== 'http.c');
    const fuzz = compileHelper(
      join(import.meta.dirname, 'fuzz.c'),
      ...['-std=c11', '-DHOSTED', '-DFUZZED', '-D_GNU_SOURCE', '-DMOUNTINFO="mountinfo"'],
      ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
      ...sources.map((name) => join(probeFolder, name)),
    );
    const { status, stdout, stderr } = spawnSync(fuzz, [seed, seconds], {
      encoding: 'utf8',
      env: { ASAN_OPTIONS: 'detect_leaks=0:exitcode=99', UBSAN_OPTIONS: 'exitcode=99:print_stacktrace=1' },
    });
    expect({ status, stderr, wrong: stdout.match(/^wrong.*/m)?.[0] }).toEqual({
      status: 0,
      stderr: '',
      wrong: undefined,
    });
    const [rounds, restarts, quiet] = (stdout.match(/\d+/g) ?? []).map(Number);
    // All three answers came up, so that the search is not in one corner only.
    expect([rounds, restarts, quiet].every((count) => (count ?? 0) > 0)).toBeTrue();
  },
  (Number(seconds) + 110) * 1000,
);
