import { describe, expect, test } from 'bun:test';
import { parseTargets } from '../../../cmd/targets.ts';

const read = (line: string) =>
  parseTargets(line.split(' ').filter(Boolean)).map(({ type, name }) => `${type}:${name ?? '*'}`);

describe('targets', () => {
  test.each([
    ['', []],
    ['deploy/web', ['deploy:web']],
    ['deploy/web sts/db', ['deploy:web', 'sts:db']],
    ['deploy web', ['deploy:web']],
    ['deploy web api', ['deploy:web', 'deploy:api']],
    ['deploy', ['deploy:*']],
    ['deploy,sts', ['deploy:*', 'sts:*']],
    ['cm,secret web', ['cm:web', 'secret:web']],
  ])('%j are read as kubectl reads them', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  test.each(['deploy/', '/web', 'deploy/a/b', 'deploy/web api', 'deploy sts/db', 'deploy, web', 'deploy,sts/web'])(
    '%j is refused with an example',
    (line) => {
      expect(() => read(line)).toThrow(expect.objectContaining({ hint: expect.stringContaining('deployment/web') }));
    },
  );
});
