import { expect, test } from 'bun:test';
import { redact } from '../../../src/diff/redact.ts';

const VALUE = ' hunter2\n"and" more\\ ';
const encoded = Buffer.from(VALUE).toString('base64');

test.each([
  ['as it is', VALUE],
  ['without the blanks around it', VALUE.trim()],
  ['encoded', encoded],
  ['quoted, as a server quotes it', JSON.stringify(VALUE)],
  ['quoted, without the blanks', JSON.stringify(VALUE.trim())],
])('a value of a Secret that a refusal repeats %s is masked', (_, repeated) => {
  for (const secret of [{ stringData: { key: VALUE } }, { data: { key: encoded } }]) {
    const text = redact(`admission webhook "x" denied the request: bad value ${repeated}!`, [secret]);
    expect(text).toStartWith('admission webhook "x" denied the request: bad value ');
    expect(text).not.toMatch(/hunter2|more|aHVudGVy|IGh1bnRlc/);
  }
});

test('all values are masked, and an empty one masks nothing', () => {
  const secret = { data: { a: 'aHVudGVyMg==' }, stringData: { b: 'swordfish', c: '' } };
  expect(redact('denied: "hunter2" (aHVudGVyMg==) and swordfish', [secret])).toBe('denied: "***" (***) and ***');
});
