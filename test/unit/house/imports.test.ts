import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { Glob } from 'bun';

const sources = [...new Glob('{cmd,src}/**/*.{ts,tsx}').scanSync('.')];
const read = (file: string) => readFileSync(file, 'utf8');

test('nothing of the program needs Bun: the same source also runs on Node', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((file) => /\bBun\.|from 'bun/.test(read(file)))).toEqual([]);
});

test('below cmd/ no clock, stream or environment of the process is touched', () => {
  const touching = /\bprocess\.(stdout|stderr|stdin|env|cwd|exit)\b/;
  expect(sources.filter((file) => file.startsWith('src/') && touching.test(read(file)))).toEqual([]);
});

test('what draws the live view is loaded when there is something to draw, not at the start', () => {
  const drawing = sources.filter((file) => /\bfrom '(ink|react)'/.test(read(file)));
  expect(drawing).toEqual(['src/view/rollout-screen.tsx']);
  expect(sources.filter((file) => /\bfrom '.*\/rollout-screen\.tsx'/.test(read(file)))).toEqual([]);
});
