import { describe, expect, test } from 'bun:test';
import type { WatchEvent } from '../../../src/cluster/cluster.ts';
import { makeWatchCollection } from '../../../src/cluster/watch-collection.ts';

interface Thing {
  name: string;
  color: string;
  namespace?: string;
}

const project = ({ name, color, namespace = 'shop' }: Thing) => ({ ref: { namespace, name }, color });
const synced: WatchEvent<Thing> = { type: 'synced', resourceVersion: '1' };
const tell = (
  type: 'added' | 'modified' | 'deleted',
  name: string,
  color = '',
  namespace?: string,
): WatchEvent<Thing> => ({
  type,
  object: { name, color, ...(namespace === undefined ? {} : { namespace }) },
});

function start(...events: WatchEvent<Thing>[]) {
  const collection = makeWatchCollection(project);
  const took = events.map(collection.take);
  const list = () => [...collection.values()].map(({ ref, color }) => `${ref.name} ${color}`);
  return { ...collection, took, list };
}

describe('a collection that is watched', () => {
  test('is whole when all that is there has been told, and empty before', () => {
    const collection = start(tell('added', 'a', 'red'), tell('added', 'b', 'blue'));
    expect(collection.isWhole()).toBe(false);
    expect(collection.list()).toEqual([]);
    expect(collection.take(synced)).toBe(true);
    expect(collection.isWhole()).toBe(true);
    expect(collection.list()).toEqual(['a red', 'b blue']);
  });

  test('follows what is added, modified and deleted', () => {
    const collection = start(
      tell('added', 'a', 'red'),
      synced,
      tell('added', 'b', 'blue'),
      tell('modified', 'a', 'green'),
      tell('deleted', 'b'),
      tell('added', 'c', 'gray'),
    );
    expect(collection.list()).toEqual(['a green', 'c gray']);
    expect(collection.took).toEqual([false, true, true, true, true, true]);
  });

  test('keeps what is deleted and made again, and equal names of two namespaces apart', () => {
    const collection = start(synced, tell('added', 'a', 'red'), tell('deleted', 'a'), tell('added', 'a', 'blue'));
    expect(collection.list()).toEqual(['a blue']);
    collection.take(tell('added', 'a', 'other', 'elsewhere'));
    collection.take(tell('deleted', 'a', '', 'shop'));
    expect(collection.list()).toEqual(['a other']);
  });

  test('stands as it was while everything is told anew, and forgets then what was not told again', () => {
    const collection = start(tell('added', 'a', 'red'), tell('added', 'b', 'blue'), synced, { type: 'relist' });
    expect(collection.isWhole()).toBe(false);
    expect(collection.take(tell('added', 'a', 'green'))).toBe(false);
    expect(collection.list()).toEqual(['a red', 'b blue']);
    collection.take(synced);
    expect(collection.list()).toEqual(['a green']);
  });

  test('starts over when the first list breaks off', () => {
    const collection = start(tell('added', 'a', 'red'), { type: 'relist' }, tell('added', 'b', 'blue'), synced);
    expect(collection.list()).toEqual(['b blue']);
  });

  test('takes a bookmark for no change', () => {
    expect(start(synced).take({ type: 'bookmark', resourceVersion: '5' })).toBe(false);
  });
});
