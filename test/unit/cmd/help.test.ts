import { describe, expect, test } from 'bun:test';
import { runCommand } from '../../support/run-command.ts';

describe('help', () => {
  test.each([['help'], ['--help'], ['-h']])(
    '%s prints the commands and examples, and no flags but itself',
    async (line) => {
      const { code, stdout, stderr } = await runCommand(line);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toStartWith('Usage: kubectl reload [options] [command]\n');
      expect(stdout).toContain('\n  kubectl reload restart cm/web --yes  ');
      expect(stdout).not.toContain('--kubeconfig <file>');
    },
  );

  test.each([
    ['status', 2],
    ['deps', 2],
    ['diff', 2],
    ['restart', 2],
    ['rollout-status', 2],
    ['probe inject', 2],
    ['probe eject', 1],
    ['probe verify', 1],
    ['probe manifest', 1],
    ['version', 2],
  ])('of %s has examples, and is the same by both ways', async (command, least) => {
    const { code, stdout, stderr } = await runCommand(`help ${command}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toStartWith(`Usage: kubectl reload ${command} [options]`);
    expect(stdout).toContain('--kubeconfig <file>');
    const examples = stdout.split('\nExamples:\n')[1]?.trimEnd().split('\n') ?? [];
    expect(examples.length).toBeGreaterThanOrEqual(least);
    for (const example of examples) expect(example).toStartWith(`  kubectl reload ${command}`);
    expect(await runCommand(`${command} --help`)).toEqual({ code, stdout, stderr });
  });

  test('of a group lists its commands, and not the flags that they have', async () => {
    const { stdout } = await runCommand('help probe');
    expect(stdout).toContain('\n  inject ');
    expect(stdout).not.toContain('--kubeconfig <file>');
  });

  test.each([
    ['help restrat', '"restrat" is no command of kubectl reload\n  Did you mean kubectl reload restart?'],
    ['help probe injct', '"injct" is no command of kubectl reload probe\n  Did you mean kubectl reload probe inject?'],
    ['help kafka', '"kafka" is no command of kubectl reload\n  See kubectl reload --help for the commands.'],
  ])('%j is answered with the nearest command', async (line, expected) => {
    expect(await runCommand(line)).toEqual({ code: 2, stdout: '', stderr: `error: ${expected}\n` });
  });

  test('every example is read without an error of usage', async () => {
    const { stdout } = await runCommand('help');
    const lines = stdout.split('\nExamples:\n')[1]?.split('\n\n')[0]?.split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const words = line.split(/ {2,}/)[1]?.split(' ').slice(2) ?? [];
      const { stderr } = await runCommand(words, { env: { KUBECONFIG: '/nonexistent/config' } });
      expect(stderr).not.toContain('--help shows');
    }
  });
});
