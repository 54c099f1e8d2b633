import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import type { TarEntry } from './tar.ts';
import { packTar } from './tar.ts';

/** A container image of one layer. */
export interface Image {
  /** With registry and tag, as containerd keeps it: `docker.io/local/busybox:1`. */
  name: string;
  entries: readonly TarEntry[];
  entrypoint?: readonly string[];
  cmd?: readonly string[];
}

/** Writes the images as one OCI layout archive, which `ctr images import` reads. */
export function writeImages(file: string, images: readonly Image[]): void {
  const blobs = new Map<string, Buffer>();
  const store = (mediaType: string, content: Buffer) => {
    const hex = createHash('sha256').update(content).digest('hex');
    blobs.set(`blobs/sha256/${hex}`, content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const storeJson = (kind: string, value: unknown) =>
    store(`application/vnd.oci.image.${kind}.v1+json`, Buffer.from(JSON.stringify(value)));

  const manifests = images.map((image) => {
    const layer = store('application/vnd.oci.image.layer.v1.tar', packTar(image.entries));
    const config = storeJson('config', {
      architecture: goArchitecture(),
      os: 'linux',
      config: { Env: ['PATH=/bin'], Entrypoint: image.entrypoint, Cmd: image.cmd },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    });
    const manifest = storeJson('manifest', { schemaVersion: 2, config, layers: [layer] });
    return { ...manifest, annotations: { 'io.containerd.image.name': image.name } };
  });
  const files: [string, Buffer][] = [
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))],
    ...blobs,
  ];
  writeFileSync(file, packTar(files.map(([path, content]) => ({ kind: 'file', path, mode: 0o644, content }))));
}

function goArchitecture(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}
