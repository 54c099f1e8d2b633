import { expect, test } from 'bun:test';
import { readWarnings } from '../../../src/cluster/warnings.ts';

test('warnings are read from every header, unescaped, as UTF-8, and without those of caches', () => {
  const onTheWire = (text: string) => Buffer.from(text).toString('latin1');
  expect(
    readWarnings([
      'Warning',
      onTheWire('299 - "größer \\"als\\" \\\\ gedacht"'),
      'Content-Type',
      '299 - "no"',
      'warning',
      '199 - "stale", 299 kube-apiserver "second" "Sat, 01 Jan 2028 00:00:00 GMT"',
    ]),
  ).toEqual(['größer "als" \\ gedacht', 'second']);
});
