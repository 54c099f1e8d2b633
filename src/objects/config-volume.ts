import { PROBE_VOLUME_PREFIX } from '../name.ts';
import type { ConfigKind } from '../types.ts';
import type { JsonObject } from './json.ts';
import { readFlag, readObject, readObjects, readText } from './json.ts';

/** One ConfigMap or Secret that a volume takes its files from. */
export interface VolumeConfig {
  kind: ConfigKind;
  name: string;
  /** The keys that become files and their paths in the volume; `null` for all keys under their own names. */
  files: readonly { key: string; path: string }[] | null;
  optional: boolean;
}

/** A volume that uses configs. */
export interface ConfigVolume {
  name: string;
  via: 'volume' | 'projected' | 'csi';
  configs: readonly VolumeConfig[];
  /** Files of a projected volume that come from elsewhere: tokens, fields of the pod, certificates. */
  otherPaths: readonly string[];
}

/** The volumes of a pod spec that use a ConfigMap or Secret in whatever way, but those left out. */
export function findConfigVolumes(podSpec: JsonObject, isLeftOut: (volume: JsonObject) => boolean): ConfigVolume[] {
  return readObjects(podSpec, 'volumes')
    .filter((volume) => !isLeftOut(volume))
    .map(readVolume)
    .filter((volume) => volume.configs.length > 0);
}

/** What the admission puts beside the token; OpenShift adds the second. */
const CERTIFICATES = ['kube-root-ca.crt', 'openshift-service-ca.crt'];

/**
 * True for the volume that the ServiceAccount admission adds to every pod: a token and the cluster's certificates.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
export function isServiceAccountVolume(volume: JsonObject): boolean {
  if (!readText(volume, 'name').startsWith('kube-api-access-')) return false;
  const { via, configs } = readVolume(volume);
  return via === 'projected' && configs.every(({ kind, name }) => kind === 'ConfigMap' && CERTIFICATES.includes(name));
}

/** True for a volume that `probe inject` added: what it shows is for the probe, and no container runs with it. */
export function isProbeVolume(volume: JsonObject): boolean {
  return readText(volume, 'name').startsWith(PROBE_VOLUME_PREFIX);
}

function readVolume(volume: JsonObject): ConfigVolume {
  const name = readText(volume, 'name');
  const files = [
    ...readConfig('ConfigMap', readObject(volume, 'configMap'), 'name'),
    ...readConfig('Secret', readObject(volume, 'secret'), 'secretName'),
  ];
  if (files.length > 0) return { name, via: 'volume', configs: files, otherPaths: [] };
  const sources = readObjects(readObject(volume, 'projected'), 'sources');
  const projected = sources.flatMap((source) => [
    ...readConfig('ConfigMap', readObject(source, 'configMap'), 'name'),
    ...readConfig('Secret', readObject(source, 'secret'), 'name'),
  ]);
  if (projected.length > 0) {
    return { name, via: 'projected', configs: projected, otherPaths: sources.flatMap(readOtherPaths) };
  }
  return { name, via: 'csi', configs: readCredentials(volume), otherPaths: [] };
}

function readConfig(kind: ConfigKind, source: JsonObject | undefined, nameField: string): VolumeConfig[] {
  const name = readText(source, nameField);
  // The API takes references without a name from old objects and the kubelet passes over them.
  if (name === '') return [];
  const items = readObjects(source, 'items').map((item) => ({
    key: readText(item, 'key'),
    path: readText(item, 'path'),
  }));
  return [{ kind, name, files: items.length === 0 ? null : items, optional: readFlag(source, 'optional') }];
}

function readOtherPaths(source: JsonObject): string[] {
  const files = [
    readObject(source, 'serviceAccountToken'),
    readObject(source, 'clusterTrustBundle'),
    ...readObjects(readObject(source, 'downwardAPI'), 'items'),
  ].map((file) => readText(file, 'path'));
  const certificate = readObject(source, 'podCertificate');
  const certificates = ['credentialBundlePath', 'keyPath', 'certificateChainPath'].map((field) =>
    readText(certificate, field),
  );
  return [...files, ...certificates].filter((path) => path !== '');
}

/** Where the volume types other than files name a Secret with the credentials for mounting. */
const CREDENTIALS: readonly (readonly [volumeType: string, field: string])[] = [
  ['csi', 'nodePublishSecretRef'],
  ['cephfs', 'secretRef'],
  ['cinder', 'secretRef'],
  ['flexVolume', 'secretRef'],
  ['iscsi', 'secretRef'],
  ['rbd', 'secretRef'],
  ['scaleIO', 'secretRef'],
  ['storageos', 'secretRef'],
];

function readCredentials(volume: JsonObject): VolumeConfig[] {
  const names = CREDENTIALS.map(([type, field]) => readText(readObject(readObject(volume, type), field), 'name'));
  names.push(readText(readObject(volume, 'azureFile'), 'secretName'));
  return names.filter((name) => name !== '').map((name) => ({ kind: 'Secret', name, files: null, optional: false }));
}
