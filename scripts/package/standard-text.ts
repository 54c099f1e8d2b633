import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The usual text of a license.
 * @param id its identifier in the list of SPDX: https://spdx.org/licenses/
 * @param runtimes the folder that holds the package `spdx-license-list`
 * @returns undefined where the list has no such license
 */
export function readStandardText(id: string, runtimes: string): string | undefined {
  const file = join(runtimes, 'spdx-license-list/licenses', `${id}.json`);
  if (!/^[\w.+-]+$/.test(id) || !existsSync(file)) return undefined;
  const { licenseText }: { licenseText: string } = JSON.parse(readFileSync(file, 'utf8'));
  return licenseText.trim();
}
