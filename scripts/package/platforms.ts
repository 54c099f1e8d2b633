/** A machine that a release has a program for, in the words of Go and krew. */
export interface Platform {
  os: 'linux' | 'darwin' | 'windows';
  arch: 'amd64' | 'arm64';
}

/** All of them, in the order in which they are built and listed. */
export const PLATFORMS: readonly Platform[] = (['linux', 'darwin', 'windows'] as const).flatMap((os) =>
  (['amd64', 'arm64'] as const).map((arch) => ({ os, arch })),
);

/** `linux/amd64`. */
export function namePlatform({ os, arch }: Platform): string {
  return `${os}/${arch}`;
}

/** The name of the program on its machine. */
export function nameProgram({ os }: Platform): string {
  return os === 'windows' ? 'kubectl-reload.exe' : 'kubectl-reload';
}

/** The name of the archive: without the version, so that there is an address of the latest. */
export function nameArchive({ os, arch }: Platform): string {
  return `kubectl-reload-${os}-${arch}.${os === 'windows' ? 'zip' : 'tar.gz'}`;
}
