import type { Command } from 'commander';
import { Help } from 'commander';

const EXAMPLES = `
Examples:
  kubectl reload                        which containers of this namespace run stale configuration
  kubectl reload -A -o wide             in all namespaces, with the evidence
  kubectl reload deps secret/db-login   who uses this Secret, how, and which keys
  kubectl reload deps -f deploy/ -R     the same of manifests, without a cluster
  kubectl reload restart                restart just the stale workloads, after a question
  kubectl reload restart cm/web --yes   restart those that use this ConfigMap and do not run it as it is now

Every command takes kubectl's connection flags (-n, --context, --kubeconfig, --as ...), before or after it:
kubectl reload status --help lists them.
`;

/** The first page says what there is to do; the flags that all commands share stand on the page of each command. */
export function configureHelp(program: Command): void {
  program
    .configureHelp({
      showGlobalOptions: true,
      visibleOptions(command) {
        const options = new Help().visibleOptions(command);
        return command.parent === null ? options.filter(({ long }) => long === '--help') : options;
      },
    })
    .showHelpAfterError('(--help shows the commands and flags)')
    .addHelpText('after', (context) => (context.command.parent === null && !context.error ? EXAMPLES : ''));
}
