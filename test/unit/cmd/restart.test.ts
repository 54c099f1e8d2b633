import { describe, expect, test } from 'bun:test';
import { runCommand } from '../../support/run-command.ts';

describe('flags of restart that contradict each other', () => {
  test.each([
    [
      '--wait=false --undo-on-failure',
      '--undo-on-failure has to see the failure, and --wait=false does not follow the rollouts',
    ],
    [
      '--undo-on-failure --no-wait',
      '--undo-on-failure has to see the failure, and --wait=false does not follow the rollouts',
    ],
    [
      '--evict --undo-on-failure',
      '--undo-on-failure has nothing to undo with --evict: an eviction changes no template',
    ],
    ['--evict --wait=false', '--evict waits for each new pod before it takes the next, which --wait=false forbids'],
    ['-o yaml', '-o yaml prints a plan, so it needs --dry-run=client or --dry-run=server'],
  ])('%s is refused before anything is asked', async (flags, message) => {
    // Without a kubeconfig: a request would fail for another reason.
    const { code, stdout, stderr } = await runCommand(`restart deploy/web ${flags}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toStartWith(`error: ${message}\n`);
  });
});
