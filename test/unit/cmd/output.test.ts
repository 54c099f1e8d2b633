/** What the program does with its output can be seen only from outside. */
import { describe, expect, test } from 'bun:test';
import { writeAll } from '../../../cmd/output.ts';
import { startOnTerminal } from '../../support/start-on-terminal.ts';

/** Runs a line of a shell, in which `$RELOAD` is the program. */
function runShell(line: string) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(['bash', '-c', line], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', RELOAD: `${process.execPath} cmd/kubectl-reload.ts` },
  });
  return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe('standard output', () => {
  test('that nobody reads on is no error', () => {
    const { code, stderr } = runShell('set -o pipefail; { sleep 0.1; $RELOAD help; } | true');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('that is full is said, with exit code 2', () => {
    const { code, stderr } = runShell('$RELOAD help > /dev/full');
    expect(code).toBe(2);
    expect(stderr).toStartWith('error: the output cannot be written: ENOSPC');
  });

  test('that takes a part at a time, and nothing for now, gets all of it once', () => {
    const written: string[] = [];
    let calls = 0;
    writeAll(Buffer.from('a text of some length'), (bytes, position) => {
      if (++calls % 3 !== 0) throw Object.assign(new Error('try again'), { code: 'EAGAIN' });
      const part = bytes.subarray(position, position + 4);
      written.push(part.toString());
      return part.length;
    });
    expect(written.join('')).toBe('a text of some length');
    const broken = () => {
      throw Object.assign(new Error('gone'), { code: 'EIO' });
    };
    expect(() => writeAll(Buffer.from('x'), broken)).toThrow('gone');
  });

  test('on a terminal is as wide as that', async () => {
    const setting = { kubeconfig: '/nonexistent/config', rows: 50 };
    for (const columns of [80, 120]) {
      await using program = startOnTerminal('deps --help', { ...setting, columns });
      expect(await program.ended).toBe(0);
      const widest = Math.max(
        ...(program
          .written()
          .split('Examples:')[0]
          ?.split(/\r?\n/)
          .map((line) => line.length) ?? [0]),
      );
      expect(widest).toBeLessThanOrEqual(columns);
      expect(widest).toBeGreaterThan(columns - 20);
    }
  });
});
