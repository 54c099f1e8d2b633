import { describe, expect, test } from 'bun:test';
import { spellBooleanFlags } from '../../../cmd/boolean-flags.ts';
import { buildCommandTree } from '../../support/command-tree.ts';
import { runCommand } from '../../support/run-command.ts';

const program = buildCommandTree();

test.each([
  [['--wait=false'], ['--no-wait']],
  [
    ['probe', 'inject', '--http=true', '--config-map=false', '--check=true'],
    ['probe', 'inject', '--http', '--no-config-map', '--check=true'],
  ],
  [['--wait=true'], []],
  [['--wait'], []],
  [['--no-wait'], ['--no-wait']],
  [['--preflight=false'], ['--no-preflight']],
  [['--preflight=T'], []],
  [
    ['--force=true', '--force=1'],
    ['--force', '--force'],
  ],
  [['--force=false'], []],
  [['-y', '--yes=FALSE'], ['-y']],
  [['--wait=maybe'], ['--wait=maybe']],
  [['--wait=constructor'], ['--wait=constructor']],
  [
    ['--dry-run=client', '--timeout=0', '-n=x', '--no-such=true'],
    ['--dry-run=client', '--timeout=0', '-n=x', '--no-such=true'],
  ],
  [
    ['restart', '--wait=false', '--', '--wait=false'],
    ['restart', '--no-wait', '--', '--wait=false'],
  ],
  // As kubectl takes it without a value.
  [
    ['restart', '--dry-run', 'deploy/web', '--dry-run', 'server', '--dry-run=none', '--dry-run'],
    ['restart', '--dry-run=client', 'deploy/web', '--dry-run', 'server', '--dry-run=none', '--dry-run=client'],
  ],
  // As kubectl's levels; `6` elsewhere is a name.
  [
    ['-v=6', '--v=9', '-v=0', '-v', '6', 'deploy', '6'],
    ['-v', '-v', '-v', 'deploy', '6'],
  ],
])('%p is taken as %p', (typed, expected) => {
  expect(spellBooleanFlags(typed, program)).toEqual(expected);
});

describe('a flag with a truth value', () => {
  test.each(['--wait=false', '--preflight=false', '--no-preflight', '--force=true', '--insecure-skip-tls-verify=true'])(
    '%s is accepted',
    async (flag) => {
      const { stderr } = await runCommand(['restart', flag, '--server', 'http://127.0.0.1:1', '--timeout=-1s']);
      expect(stderr).toStartWith('error: --timeout is negative');
    },
  );

  test('that has none is refused', async () => {
    const { code, stderr } = await runCommand('restart --wait=maybe');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown option '--wait=maybe'"),
    });
  });
});
