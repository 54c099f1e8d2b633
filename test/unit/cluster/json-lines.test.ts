import { expect, test } from 'bun:test';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { readJsonLines } from '../../../src/cluster/json-lines.ts';
import { failure } from '../../support/connection.ts';

async function readAll(pieces: Iterable<string | Buffer>, largest = 100): Promise<unknown[]> {
  async function* give() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const values: unknown[] = [];
  for await (const value of readJsonLines(give(), largest)) values.push(value);
  return values;
}

test('values come one a line, cut anywhere, the last without a line feed, blank lines passed over', async () => {
  const bytes = Buffer.from('{"a":"ä€"}\n\n [1,2]\r\n"x"');
  const expected = [{ a: 'ä€' }, [1, 2], 'x'];
  expect(await readAll([bytes])).toEqual(expected);
  expect(await readAll([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
});

test('a line that is no JSON is broken', async () => {
  const error = await failure(readAll(['{"a":1}\n{"a":\n']), ConnectionError);
  expect(error.kind).toBe('garbled');
});

test('any number of lines may come, but none longer than allowed', async () => {
  const line = `"${'x'.repeat(98)}"\n`;
  expect(await readAll(Array.from({ length: 50 }, () => line))).toHaveLength(50);
  expect(await readAll([...line])).toHaveLength(1);
  const error = await failure(readAll([`"${'x'.repeat(99)}`, '"\n']), ConnectionError);
  expect(error.kind).toBe('foreign');
});

test('a line without end is given up when it is too long, not when memory ends', async () => {
  let given = 0;
  function* forEver() {
    for (;;) {
      given++;
      yield 'x'.repeat(10);
    }
  }
  await failure(readAll(forEver()), ConnectionError);
  expect(given).toBe(11);
});
