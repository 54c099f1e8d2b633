import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { readPage } from './page.ts';

/** A pod spec, as far as the README has one. */
interface PodSpec {
  containers: { name: string; image: string; livenessProbe?: object; volumeMounts: { name: string }[] }[];
  volumes: { name: string }[];
}

/** The pod spec in the README. @throws Error when there is none */
export function readPodSpec(): PodSpec {
  const [, block = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readPage('README.md').text) ?? [];
  // kubectl reads 0555 as a number with base 8.
  const [spec] = loadAll(block, { schema: YAML11_SCHEMA });
  if (!isPodSpec(spec)) throw new Error('the README has no pod spec');
  return spec;
}

function isPodSpec(value: unknown): value is PodSpec {
  return typeof value === 'object' && value !== null && 'containers' in value && 'volumes' in value;
}
