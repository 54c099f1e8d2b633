import packageManifest from '../package.json' with { type: 'json' };

/** The version of this program, as Kubernetes writes versions. */
export const CLIENT_VERSION = `v${packageManifest.version}`;
