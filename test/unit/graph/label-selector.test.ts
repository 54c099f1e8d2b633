import { describe, expect, test } from 'bun:test';
import { parseLabelSelector } from '../../../src/graph/label-selector.ts';

const WEB = { app: 'web', tier: 'front', 'example.com/env': 'prod' };

describe('a label selector', () => {
  test.each([
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['absent!=db', true],
    ['app in (web, db)', true],
    ['app in (db)', false],
    ['app notin (db)', true],
    ['absent notin (db)', true],
    ['tier', true],
    ['absent', false],
    ['!absent', true],
    ['!tier', false],
    ['app=web,tier=front', true],
    ['app=web,tier=back', false],
    ['app in (web,db),tier', true],
    ['example.com/env=prod', true],
    ['constructor', false],
    ['', true],
  ])('%j selects the web labels: %p', (text, selected) => {
    expect(parseLabelSelector(text)(WEB)).toBe(selected);
  });

  test.each(['app=web=x', 'app in web', 'app=(a)', '=web', 'a b', 'app in (a'])(
    '%j is refused with the part that is wrong',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(/cannot be read at/);
    },
  );
});
