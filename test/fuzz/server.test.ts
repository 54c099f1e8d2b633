/** Whatever a server answers, and wherever its streams break off: no command ends in a bug, and nothing that it prints does harm. */
import { expect, test } from 'bun:test';
import type { ServerResponse } from 'node:http';
import { ApiError } from '../../src/cluster/api-error.ts';
import type { Versioned, WatchEvent } from '../../src/cluster/cluster.ts';
import { ConnectionError } from '../../src/cluster/connection-error.ts';
import { readFields } from '../../src/cluster/fields.ts';
import { readCluster, readUser } from '../../src/cluster/kubeconfig.ts';
import type { Client } from '../../src/cluster/request.ts';
import { watchAll } from '../../src/cluster/watch.ts';
import { makeWatchCollection } from '../../src/cluster/watch-collection.ts';
import { projectConfig } from '../../src/objects/config.ts';
import { stripStyles } from '../../src/view/style.ts';
import { FAST_LIMITS } from '../support/connection.ts';
import type { Random } from '../support/random.ts';
import { makeRandom } from '../support/random.ts';
import type { RecordedRequest, Respond } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';
import { runCommand } from '../support/run-command.ts';
import { damage, makeName, makeText, SECRET, UNSAFE } from './hostile-text.ts';
import { makeMisfit, makeObjects } from './objects.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

const COMMANDS = [
  'status -n web',
  'status -n web --all -o wide',
  'status -A -o json',
  'deps -n web',
  'deps -n web --by config -o wide',
  'deps -n web -o yaml',
  'diff -n web',
  'diff -n web -o json',
  'restart -n web --dry-run=client --force',
  'restart -n web --dry-run=server -o json',
  'rollout-status -n web --watch=false',
  'rollout-status -A --watch=false -o json',
] as const;

/**
 * An object of the cluster with what only a cluster knows.
 * @param isTyped every field has its type: no API server stores a built-in object in which one has not, and rollouts rely on that
 */
function makeLiveObject(random: Random, isTyped = false): unknown {
  const object: unknown = JSON.parse(JSON.stringify(makeObjects(random, isTyped).object()));
  if (typeof object !== 'object' || object === null || random.once(10)) return object;
  const is = (times: number) => !isTyped && random.once(times);
  const time = () => random.pick(['2026-01-01T10:00:00Z', makeText(random), '9999-99-99', '']);
  const count = () => random.pick<unknown>([0, 1, 3, -1, isTyped ? 2 : Number.MAX_VALUE, isTyped ? 2 : '2']);
  const fields = Object.fromEntries([[`f:${makeName(random)}`, {}]]);
  const owners = random.some(1, () => ({
    apiVersion: random.pick(['apps/v1', 'x.example.com/v1', '../v1', makeText(random)]),
    kind: random.pick(['ReplicaSet', 'Deployment', '__proto__']),
    name: makeName(random),
    uid: random.pick(['u1', 'u2']),
    controller: true,
  }));
  const more = {
    uid: random.pick(['u1', 'u2', '']),
    resourceVersion: random.pick(['1', '99999999999999999999', makeText(random)]),
    generation: count(),
    creationTimestamp: time(),
    deletionTimestamp: random.once(9) ? time() : undefined,
    ownerReferences: is(9) ? makeMisfit(random) : owners,
    managedFields: is(9)
      ? makeMisfit(random)
      : [
          {
            manager: makeText(random),
            operation: 'Update',
            time: time(),
            fieldsV1: { 'f:data': is(9) ? makeMisfit(random) : fields },
          },
        ],
  };
  const state = () =>
    random.pick<unknown>([
      {},
      { running: { startedAt: time() } },
      { waiting: { reason: makeText(random), message: makeText(random) } },
      { terminated: { exitCode: count(), message: makeText(random), finishedAt: time() } },
    ]);
  const status = {
    observedGeneration: count(),
    replicas: count(),
    updatedReplicas: count(),
    readyReplicas: count(),
    phase: random.pick(['Running', 'Pending', makeText(random)]),
    startTime: time(),
    conditions: is(9)
      ? makeMisfit(random)
      : [
          {
            type: random.pick(['Ready', 'Progressing', makeText(random)]),
            status: random.pick(['True', 'False']),
            reason: makeText(random),
            message: makeText(random),
            lastTransitionTime: time(),
          },
        ],
    containerStatuses: is(9)
      ? makeMisfit(random)
      : [{ name: makeName(random), restartCount: count(), ready: true, state: state(), lastState: state() }],
  };
  const metadata = 'metadata' in object && typeof object.metadata === 'object' ? object.metadata : {};
  return {
    ...object,
    metadata: is(20) ? makeMisfit(random) : { ...metadata, ...more },
    status: is(9) ? makeMisfit(random) : status,
  };
}

/** How a server behaves during one command. */
interface Mood {
  random: Random;
  isTyped: boolean;
  /** Its answers are lists and reviews, if of hostile objects. */
  isPolite: boolean;
}

function makeAnswer({ random, isTyped, isPolite }: Mood, path: string): unknown {
  const odd = (times: number) => !isPolite && random.once(times);
  const items = random.some(3, () => (odd(20) ? makeMisfit(random) : makeLiveObject(random, isTyped)));
  const metadata = { resourceVersion: odd(5) ? makeMisfit(random) : '5' };
  if (odd(25)) return makeMisfit(random);
  if (odd(25)) {
    const causes = random.once(2) ? makeMisfit(random) : [{ field: makeText(random), message: makeText(random) }];
    const details = random.once(2) ? makeMisfit(random) : { kind: makeText(random), name: makeText(random), causes };
    return { kind: 'Status', code: 403, reason: makeText(random), message: makeText(random), details };
  }
  if (path.includes('selfsubject')) {
    return {
      status: random.pick<unknown>([{ allowed: true }, makeMisfit(random), { resourceRules: [makeMisfit(random)] }]),
    };
  }
  if (random.once(4)) {
    const columnDefinitions = odd(9) ? makeMisfit(random) : [{ name: 'Name' }, { name: 'Data' }];
    const cells = () => (odd(9) ? makeMisfit(random) : ['a', 1]);
    const rows = items.map((object) => (odd(9) ? makeMisfit(random) : { object, cells: cells() }));
    return { kind: 'Table', metadata, columnDefinitions, rows };
  }
  return { kind: 'List', metadata, items };
}

function answerAnything(mood: Mood, { path, query }: RecordedRequest, response: ServerResponse): void {
  const { random, isPolite, isTyped } = mood;
  const odd = (times: number) => !isPolite && random.once(times);
  const warning = Buffer.from(makeText(random))
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]|["\\]/g, '');
  const type = odd(40) ? 'text/html' : 'application/json';
  response.writeHead(odd(25) ? random.pick([301, 403, 404, 422]) : 200, {
    'content-type': type,
    warning: `299 - "${warning}"`,
  });
  if (query['watch'] === 'true') {
    const told = random.some(3, () => JSON.stringify({ type: 'ADDED', object: makeLiveObject(random, isTyped) }));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const end = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9', annotations } } });
    response.end(`${[...told, end].join('\n')}\n`);
    return;
  }
  const text = JSON.stringify(makeAnswer(mood, path));
  response.end(odd(60) ? damage(text, random) : text);
}

test(
  'a server that answers what it likes gets no command to fail in another way than in words',
  async () => {
    const codes = new Map<number, number>();
    let mood: Mood = { random: makeRandom(0), isTyped: true, isPolite: true };
    const respond: Respond = (request, response) => answerAnything(mood, request, response);
    await using server = await startRecordingServer(respond, { tls: false });
    await search(0.5, async (random) => {
      const command = random.pick(COMMANDS);
      const isPolite = random.once(3);
      mood = { random, isPolite, isTyped: isPolite || command.startsWith('rollout-status') };
      const line = `${command} -s ${server.url} --request-timeout 5s`;
      const stop = new AbortController();
      const late = setTimeout(() => stop.abort(new Error('late')), 3000);
      const { code, stdout, stderr } = await runCommand(line, { interrupted: stop.signal });
      clearTimeout(late);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      expect(`${line}: ${stderr}`).not.toContain('this is a bug');
      expect(UNSAFE.exec(stripStyles(stdout))?.[0]).toBeUndefined();
      expect(UNSAFE.exec(stripStyles(stderr))?.[0]).toBeUndefined();
      expect(stdout + stderr).not.toContain(SECRET);
    });
    expect(codes.get(0) ?? 0).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);

/** A client of a server that sends these bytes, in pieces, for each request the next ones. */
function makeClient(streams: Buffer[][]): Client {
  const connection = {
    ...{ server: 'https://k', context: '', cluster: '', user: '', namespace: '', timeout: 0 },
    clusterEntry: readCluster(readFields({})),
    userEntry: readUser(readFields({}), ''),
  };
  let next = 0;
  return {
    limits: { ...FAST_LIMITS, delay: 0, tries: 3, outage: 0 },
    inTurn: (work) => work(),
    transport: {
      connection,
      credentials: 'none',
      close: () => undefined,
      async send() {
        const pieces = streams[next++];
        if (pieces === undefined) throw new ConnectionError('refused', { kind: 'refused', sent: false });
        return {
          code: 200,
          headers: { 'content-type': 'application/json' },
          rawHeaders: [],
          chunks: flow(pieces),
          discard: () => undefined,
        };
      },
    },
  };
}

async function* flow(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

function makeStream(random: Random): Buffer {
  const line = (): string => {
    if (random.once(12))
      return random.pick([
        'null',
        '5',
        '""',
        '[]',
        '{}',
        '{"type":"ADDED"}',
        '{"type":"ADDED","object":null}',
        '{"type":null,"object":{}}',
        '{"type":"ERROR","object":5}',
        '{"type":"BOOKMARK","object":{"metadata":null}}',
        '',
        ' ',
        makeText(random),
      ]);
    const object = makeLiveObject(random);
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    return random.once(4)
      ? JSON.stringify({
          type: 'BOOKMARK',
          object: {
            metadata: {
              resourceVersion: String(random.below(9)),
              annotations: random.once(2) ? annotations : undefined,
            },
          },
        })
      : JSON.stringify({ type: random.pick(['ADDED', 'MODIFIED', 'DELETED', '__proto__']), object });
  };
  const lines = random.some(8, line);
  if (random.once(3)) lines.sort(() => random.below(3) - 1);
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  return random.once(3) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(random.pick([2, 50, 5000]));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

test(
  'a stream that is cut anywhere, garbled or shuffled is told as far as it goes, and ends in words',
  async () => {
    let told = 0;
    await search(0.3, async (random) => {
      const stop = new AbortController();
      const client = makeClient(random.some(4, () => cut(makeStream(random), random)));
      const collection = makeWatchCollection((object: Versioned) =>
        projectConfig({ object: Object(object) }, 'ConfigMap'),
      );
      try {
        const events: AsyncIterable<WatchEvent<Versioned>> = watchAll(client, {
          path: '/x',
          form: random.pick(['full', 'metadata', 'table']),
          signal: stop.signal,
        });
        for await (const event of events) {
          told++;
          collection.take(event);
          if (told % 1000 === 0) stop.abort();
        }
      } catch (error) {
        if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      }
    });
    expect(told).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);
