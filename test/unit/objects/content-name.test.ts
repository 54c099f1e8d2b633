import { expect, test } from 'bun:test';
import { baseName, isNamedByContent } from '../../../src/objects/content-name.ts';

test.each([
  ['web-7k2m9t4f5h', 'web'],
  ['a-b-c-5f8kg2d6mt', 'a-b-c'],
  ['web-conf-2222222222', 'web-conf'],
  ['web', null],
  ['web-v2', null],
  ['web-20260101', null],
  ['web-7k2m9t4f5', null],
  ['web-7k2m9t4f5a', null],
  ['7k2m9t4f5h', null],
])('without a hash of the content at its end, as kustomize writes it, %s is called %j', (name, base) => {
  expect(baseName(name)).toBe(base);
  expect(isNamedByContent(name)).toBe(base !== null);
});
