import type { Option } from 'commander';
import type { CompletionAnswer } from './answer.ts';
import { completeConfigs } from './complete-targets.ts';
import type { Names } from './names.ts';

/** Where the values of a flag come from. */
type ValueSource =
  | 'files'
  | 'directories'
  | 'configs'
  | 'containers'
  | 'namespaces'
  | 'contexts'
  | 'clusters'
  | 'users';

/** By the name of the flag's value in the program. Flags with choices name their values themselves. */
export const VALUE_SOURCES: Readonly<Record<string, ValueSource>> = {
  kubeconfig: 'files',
  certificateAuthority: 'files',
  clientCertificate: 'files',
  clientKey: 'files',
  filename: 'files',
  kustomize: 'directories',
  namespace: 'namespaces',
  context: 'contexts',
  cluster: 'clusters',
  user: 'users',
  container: 'containers',
  config: 'configs',
};

/**
 * Completes the value of a flag.
 * @param operands the targets before it
 * @param names called only where names are needed
 */
export async function completeValue(
  option: Option,
  typed: string,
  operands: readonly string[],
  names: () => Names,
): Promise<CompletionAnswer> {
  if (option.argChoices !== undefined) return { candidates: option.argChoices.map((text) => ({ text })) };
  const source = VALUE_SOURCES[option.attributeName()];
  switch (source) {
    case undefined:
      return { candidates: [] };
    case 'files':
    case 'directories':
      return { candidates: [], files: source };
    case 'configs':
      return completeConfigs(typed, (kind) => names().objects(kind));
    case 'containers':
      return { candidates: (await names().containers(operands)).map((text) => ({ text })) };
    case 'namespaces':
      return { candidates: (await names().namespaces()).map((text) => ({ text })) };
    case 'contexts':
    case 'clusters':
    case 'users':
      return { candidates: await names()[source]() };
    default:
      return source satisfies never;
  }
}
