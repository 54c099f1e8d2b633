import type { JsonObject } from '../objects/json.ts';
import { readObjects, readText, readTextList } from '../objects/json.ts';
import { readTexts } from '../objects/metadata.ts';
import type { ProbeRefusal } from './inject.ts';
import type { NodeFacts } from './node-selection.ts';
import { canRunOn, readTerms } from './node-selection.ts';
import type { Architecture } from './probe-options.ts';
import { ARCHITECTURES } from './probe-options.ts';

const CHOOSE =
  'Choose with --arch=amd64 or --arch=arm64 and a nodeSelector kubernetes.io/arch, or take --form=script, which runs on any.';

/**
 * The architecture of the nodes that a pod can run on.
 * @param nodes those of the cluster; `null` where they are not known, so that only the pod itself can tell
 * @param wanted what the user chose: it is believed, and noted where nodes of another kind would get pods
 */
export function chooseArchitecture(
  podSpec: JsonObject,
  nodes: readonly NodeFacts[] | null,
  wanted: Architecture | undefined,
): { arch: Architecture; notes: string[] } | ProbeRefusal {
  const fitting = nodes?.filter((node) => node.operatingSystem === 'linux' && canRunOn(podSpec, node));
  const found = fitting === undefined || fitting.length === 0 ? readPinned(podSpec) : listArchitectures(fitting);
  const others = found.filter((arch) => arch !== wanted);
  if (wanted !== undefined) {
    const notes = others.map(
      (arch) => `on nodes of ${arch} the probe for ${wanted} does not run, so that nothing restarts there`,
    );
    return { arch: wanted, notes };
  }
  const [only, second] = found;
  if (only === undefined) {
    const refused =
      nodes === null
        ? 'nothing says which architecture its nodes have'
        : 'there is no node yet that its pods could run on, so that nothing says which architecture it has';
    return { refused, hint: CHOOSE };
  }
  if (second !== undefined) {
    return { refused: `its pods can run on nodes of ${found.join(' and ')}, and a pod has one binary`, hint: CHOOSE };
  }
  const arch = ARCHITECTURES.find((known) => known === only);
  if (arch !== undefined) return { arch, notes: [] };
  return { refused: `there is no binary for ${only}`, hint: 'Take --form=script, which runs on any architecture.' };
}

function listArchitectures(nodes: readonly NodeFacts[]): string[] {
  return [...new Set(nodes.map(({ architecture }) => architecture))].filter((arch) => arch !== '').sort();
}

const LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];

/** The architectures that the pod itself insists on; none when it does not. */
function readPinned(podSpec: JsonObject): string[] {
  const selector = readTexts(podSpec, 'nodeSelector', (key) => LABELS.includes(key));
  const [selected] = Object.values(selector);
  if (selected !== undefined) return [selected];
  const terms = readTerms(podSpec) ?? [];
  const byTerm = terms.map((term) =>
    readObjects(term, 'matchExpressions')
      .filter((one) => LABELS.includes(readText(one, 'key')) && readText(one, 'operator') === 'In')
      .flatMap((one) => readTextList(one, 'values')),
  );
  // A term without a word on it lets all in.
  return byTerm.some((values) => values.length === 0) ? [] : [...new Set(byTerm.flat())].sort();
}
