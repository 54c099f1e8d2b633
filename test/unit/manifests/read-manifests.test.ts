import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReloadError } from '../../../src/error.ts';
import { explainFileError } from '../../../src/manifests/list-files.ts';
import type { ManifestReaders } from '../../../src/manifests/read-manifests.ts';
import { readManifests } from '../../../src/manifests/read-manifests.ts';
import { makeFolder } from '../../support/connection.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/manifests');

async function* stream(...chunks: (string | Uint8Array)[]) {
  yield* chunks;
}

function readers(more: Partial<ManifestReaders> = {}): ManifestReaders {
  return { cwd: fixtures, env: {}, stdin: stream(), ...more };
}

async function read(files: string[], more: Partial<ManifestReaders> = {}, recursive = false): Promise<string[]> {
  const objects = await readManifests({ files, recursive }, readers(more));
  return objects.map(({ raw, source, document, line }) => `${source.file} ${document}:${line} ${raw.kind}`);
}

async function errorOf(result: Promise<unknown>): Promise<ReloadError> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ReloadError) return error;
  throw new Error(`no error for the user, but ${error}`);
}

describe('-f', () => {
  test('reads files in the order given', async () => {
    expect(await read(['shop/web.yaml', 'shop/more/job.yml'])).toEqual([
      'shop/web.yaml 1:2 Deployment',
      'shop/web.yaml 3:16 ConfigMap',
      'shop/more/job.yml 1:1 CronJob',
    ]);
  });

  test('reads the manifests of a directory, sorted, and with -R of those in it', async () => {
    expect(await read(['shop'])).toEqual([
      'shop/list.json 1:5 Secret',
      'shop/list.json 1:6 Service',
      'shop/web.yaml 1:2 Deployment',
      'shop/web.yaml 3:16 ConfigMap',
    ]);
    expect(await read(['shop'], {}, true)).toEqual([
      'shop/list.json 1:5 Secret',
      'shop/list.json 1:6 Service',
      'shop/more/job.yml 1:1 CronJob',
      'shop/web.yaml 1:2 Deployment',
      'shop/web.yaml 3:16 ConfigMap',
    ]);
  });

  test('- reads stdin, wherever its pieces part', async () => {
    const bytes = new TextEncoder().encode('apiVersion: v1\nkind: Secret\nmetadata: {name: läuft}\n');
    const stdin = stream(...Array.from(bytes, (byte) => new Uint8Array([byte])));
    const [object] = await readManifests({ files: ['-'], recursive: false }, readers({ stdin }));
    expect([object?.source.file, object?.raw.metadata]).toEqual(['stdin', { name: 'läuft' }]);
  });

  test('- cannot be given twice', async () => {
    expect((await errorOf(read(['-', '-']))).message).toBe('stdin (-f -) can be read only once');
  });

  test('a URL is refused, with the way to go on', async () => {
    const error = await errorOf(read(['https://example.com/web.yaml']));
    expect(error.message).toBe('https://example.com/web.yaml is a URL, and nothing is fetched from the network');
    expect(error.hint).toContain('curl -fsSL https://example.com/web.yaml | kubectl reload deps -f -');
  });

  test('what is not there is an error in kubectl’s words', async () => {
    expect((await errorOf(read(['absent.yaml']))).message).toBe('the path "absent.yaml" does not exist');
    expect((await errorOf(read(['shop/web.yaml/x']))).message).toBe('the path "shop/web.yaml/x" does not exist');
  });

  test('a directory without manifests is an error', async () => {
    const error = await errorOf(read(['empty']));
    expect(error.message).toBe('no manifests in empty: recognized file extensions are .json, .yaml, .yml');
    expect(error.hint).toContain('-R');
  });

  test('no object at all is an error', async () => {
    expect((await errorOf(read(['-'], { stdin: stream('# nothing\n') }))).message).toBe('no objects in -');
    expect((await errorOf(read([]))).message).toStartWith('no objects in');
  });

  test('-k beside it is refused', async () => {
    const places = { files: ['shop'], kustomize: 'kustomize', recursive: false };
    expect((await errorOf(readManifests(places, readers()))).message).toContain('-f and -k');
  });
});

describe('files that are none', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-manifests-'));
    await writeFile(join(folder, 'utf16.yaml'), Buffer.from('\uFEFFkind: X\n', 'utf16le'));
    await writeFile(join(folder, 'large.yaml'), '');
    await truncate(join(folder, 'large.yaml'), 64 * 1024 * 1024 + 1);
    await mkdir(join(folder, 'circle'));
    await symlink('..', join(folder, 'circle', 'up'));
    await symlink('self.yaml', join(folder, 'self.yaml'));
    await writeFile(join(folder, 'circle', 'a.yaml'), 'apiVersion: v1\nkind: Secret\n');
    await symlink('a.yaml', join(folder, 'circle', 'b.yaml'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['utf16.yaml', 'utf16.yaml is not a text in UTF-8'],
    ['large.yaml', 'large.yaml is larger than 64 MiB'],
    ['self.yaml', 'self.yaml is a link that leads to itself'],
  ])('%s is an error', async (name, message) => {
    expect((await errorOf(read([name], { cwd: folder }))).message).toBe(message);
  });

  test('a stdin without end is cut off', async () => {
    const endless = (async function* () {
      for (;;) yield new Uint8Array(1024 * 1024);
    })();
    expect((await errorOf(read(['-'], { stdin: endless }))).message).toBe('stdin is larger than 64 MiB');
  });

  test('links to files are read, links to directories are not followed', async () => {
    expect(await read(['circle'], { cwd: folder }, true)).toEqual([
      'circle/a.yaml 1:1 Secret',
      'circle/b.yaml 1:1 Secret',
    ]);
  });

  test('a file that may not be read is an error', () => {
    const error = explainFileError('closed.yaml', Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    expect(error).toMatchObject({ message: 'closed.yaml: permission denied' });
  });
});

describe('-k', () => {
  /** Reads with this shell script as kubectl, which is in the folder in front of everything else. */
  const kustomize = async (script: string | null) => {
    await using folder = await makeFolder();
    if (script !== null) await folder.write('kubectl', `#!/bin/sh\n${script}\n`, 0o700);
    const env = { PATH: script === null ? folder.path : `${folder.path}:${process.env['PATH']}` };
    return await readManifests({ files: [], kustomize: 'overlays/prod', recursive: false }, readers({ env }));
  };

  test('reads what kubectl kustomize makes of a directory', async () => {
    const objects = await kustomize('echo "{apiVersion: v1, kind: Secret, words: \'$*\', at: $PWD}"');
    expect(objects.map(({ source }) => source.file)).toEqual(['kubectl kustomize overlays/prod']);
    const at = await realpath(fixtures);
    expect(objects[0]?.raw).toEqual({ apiVersion: 'v1', kind: 'Secret', words: 'kustomize -- overlays/prod', at });
  });

  test('passes on what kubectl says when it fails', async () => {
    const error = await errorOf(kustomize('echo "error: no kustomization.yaml in it" >&2; exit 1'));
    expect(error.message).toBe('kubectl kustomize overlays/prod: no kustomization.yaml in it');
  });

  test('says so when it fails without a word', async () => {
    expect((await errorOf(kustomize('exit 4'))).message).toBe(
      'kubectl kustomize overlays/prod: it ended with exit code 4',
    );
    expect((await errorOf(kustomize('kill -9 $$'))).message).toBe(
      'kubectl kustomize overlays/prod: it ended with SIGKILL',
    );
  });

  test('says what to do where there is no kubectl', async () => {
    const error = await errorOf(kustomize(null));
    expect(error.message).toBe('-k needs kubectl, and it is not in PATH');
    expect(error.hint).toContain('kustomize build overlays/prod');
  });

  test('takes no more than a manifest may hold', async () => {
    expect((await errorOf(kustomize('exec cat /dev/zero'))).message).toBe(
      'the output of kubectl is larger than 64 MiB',
    );
  });
});
