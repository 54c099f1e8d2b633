import { expect, test } from 'bun:test';
import { describeLook } from '../../../cmd/look-inside.ts';

test('a look into a few pods is not worth a word, one into many is', () => {
  expect([describeLook(0), describeLook(50), describeLook(51)]).toEqual([[], [], ['looking into 51 pods...\n']]);
});
