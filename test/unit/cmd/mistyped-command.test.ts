import { describe, expect, test } from 'bun:test';
import { explainMistypedCommand } from '../../../cmd/mistyped-command.ts';
import { ReloadError } from '../../../src/error.ts';
import { UnknownTypeError } from '../../../src/graph/select.ts';
import { runCommand } from '../../support/run-command.ts';

const COMMANDS = ['status', 'deps', 'diff', 'restart', 'rollout-status'];

function explain(error: unknown, line: string) {
  const explained = explainMistypedCommand(error, line.split(' '), COMMANDS);
  return explained instanceof ReloadError ? [explained.message, explained.hint] : explained;
}

describe('a first word that is near a command', () => {
  test('is answered with the command, and with what follows it', () => {
    expect(explain(new UnknownTypeError('unknown type "restrat"', []), 'restrat deploy/web')).toEqual([
      '"restrat" is neither a command nor a type',
      'Did you mean kubectl reload restart deploy/web?',
    ]);
  });

  test('may mean an object too', () => {
    const error = new UnknownTypeError('"states" is neither a command nor a type', ['deployment/states']);
    expect(explain(error, 'states')).toEqual([
      '"states" is neither a command nor a type',
      'Did you mean kubectl reload status or deployment/states?',
    ]);
  });

  test('is named beside an error that says nothing of it', async () => {
    const { code, stdout, stderr } = await runCommand('restrat', { env: { KUBECONFIG: '/nonexistent/config' } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toStartWith('error: there is no kubeconfig');
    expect(stderr).toEndWith('  Did you mean kubectl reload restart?\n');
  });

  test('is no matter where a command was named', async () => {
    const { stderr } = await runCommand('status restrat', { env: { KUBECONFIG: '/nonexistent/config' } });
    expect(stderr).not.toContain('Did you mean');
  });
});

test.each([
  ['rollout status deploy/web', 'Did you mean kubectl reload rollout-status deploy/web?'],
  ['rollout restart', 'Did you mean kubectl reload restart?'],
])('%j, as kubectl has it, is answered with what it is here', (line, hint) => {
  expect(explain(new ReloadError('no', { hint: 'other' }), line)).toEqual(['no', hint]);
});

test.each(['deploy', 'deploy/restrat', 'kafka', 'rollout'])('%j stays what it is', (line) => {
  const error = new ReloadError('no');
  expect(explainMistypedCommand(error, line.split(' '), COMMANDS)).toBe(error);
});

test('an error that nobody foresaw stays what it is', () => {
  const error = new TypeError('no');
  expect(explainMistypedCommand(error, ['restrat'], COMMANDS)).toBe(error);
});
