import { expect, test } from 'bun:test';
import { isNamedByContent } from '../../../src/objects/content-name.ts';

test.each([
  ['web-7k2m9t4f5h', true],
  ['a-b-c-5f8kg2d6mt', true],
  ['web', false],
  ['web-v2', false],
  ['web-20260101', false],
  ['web-7k2m9t4f5', false],
  ['web-7k2m9t4f5a', false],
  ['7k2m9t4f5h', false],
])('%s ends in a hash of the content as kustomize writes it: %p', (name, expected) => {
  expect(isNamedByContent(name)).toBe(expected);
});
