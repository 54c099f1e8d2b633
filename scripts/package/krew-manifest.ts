import { isMap, isSeq, parseDocument } from 'yaml';
import { nameArchive, namePlatform, nameProgram, PLATFORMS } from './platforms.ts';

/**
 * Fills the manifest of the plugin for krew: version, addresses, sums, programs. Everything else stays as it is written.
 * @param homepage the address of the project; what is published lies below it
 * @param sums SHA-256 in hexadecimal digits by the name of the archive
 * @throws where the manifest does not have just one entry for each platform, or a sum is missing
 * @see https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/
 */
export function fillKrewManifest(
  text: string,
  version: string,
  homepage: string,
  sums: ReadonlyMap<string, string>,
): string {
  const manifest = parseDocument(text);
  manifest.setIn(['spec', 'version'], version);
  manifest.setIn(['spec', 'homepage'], homepage);
  const entries = manifest.getIn(['spec', 'platforms']);
  if (!isSeq(entries)) throw new Error('krew-manifest.yaml: spec.platforms is not a list');
  for (const platform of PLATFORMS) {
    const selected = entries.items.filter(
      (entry) =>
        isMap(entry) &&
        entry.getIn(['selector', 'matchLabels', 'os']) === platform.os &&
        entry.getIn(['selector', 'matchLabels', 'arch']) === platform.arch,
    );
    const [entry] = selected;
    if (selected.length !== 1 || !isMap(entry)) {
      throw new Error(`krew-manifest.yaml: ${selected.length} entries for ${namePlatform(platform)}, not 1`);
    }
    const archive = nameArchive(platform);
    const sum = sums.get(archive);
    if (sum === undefined) throw new Error(`${archive} is not built`);
    entry.set('uri', `${homepage}/releases/download/${version}/${archive}`);
    entry.set('sha256', sum);
    entry.set('bin', nameProgram(platform));
  }
  return manifest.toString({ lineWidth: 0, indentSeq: false });
}
