import type { Licensed } from './bundled-licenses.ts';

/** The file of an archive that holds the licenses of what others made. */
export const THIRD_PARTY_LICENSES = 'THIRD_PARTY_LICENSES';

/** Writes the licenses of all parts: a list of them first, then their texts. */
export function formatThirdPartyLicenses(parts: readonly Licensed[]): string {
  const width = Math.max(...parts.map((part) => title(part).length));
  const list = parts.map((part) => `  ${title(part).padEnd(width)}  ${part.license}`);
  const texts = parts.map((part) => `${'='.repeat(80)}\n${title(part)}\n\n${part.text}\n`);
  return [
    'kubectl-reload is under the license in the file LICENSE. These parts of it were made by others, and are under\ntheir own licenses, whose texts follow.\n',
    `${list.join('\n')}\n`,
    ...texts,
  ].join('\n');
}

function title({ name, version }: Licensed): string {
  return `${name} ${version}`;
}
