import type { Command } from 'commander';
import { Option } from 'commander';
import type { ConnectionOptions } from '../src/cluster/environment.ts';
import type { Streams } from './streams.ts';

/** When to colour: `auto` asks the terminal and `NO_COLOR`. */
type ColorChoice = 'auto' | 'always' | 'never';

/** The flags that every command takes, as commander collects them. */
export interface GlobalFlags extends ConnectionOptions {
  allNamespaces?: boolean;
  selector?: string;
  color: ColorChoice;
  verbose?: boolean;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Adds kubectl's connection and scope flags. */
export function addGlobalFlags(program: Command): void {
  program
    .option('-n, --namespace <name>', 'namespace to work in')
    .option('-A, --all-namespaces', 'work in all namespaces')
    .option('-l, --selector <selector>', 'label selector of workloads, as kubectl takes it')
    .option('--kubeconfig <file>', 'kubeconfig file to use')
    .option('--context <name>', 'kubeconfig context to use')
    .option('--cluster <name>', 'kubeconfig cluster to use')
    .option('--user <name>', 'kubeconfig user to use')
    .option('-s, --server <url>', 'address of the API server')
    .option('--token <token>', 'bearer token')
    .option('--as <user>', 'user to impersonate')
    .option('--as-group <group>', 'group to impersonate; may be repeated', collect)
    .option('--as-uid <uid>', 'UID to impersonate')
    .option('--as-user-extra <key=value>', 'extra of the user to impersonate; may be repeated', collect)
    .option('--certificate-authority <file>', 'certificate authority of the API server')
    .option('--client-certificate <file>', 'client certificate')
    .option('--client-key <file>', 'key of the client certificate')
    .option('--insecure-skip-tls-verify', 'do not check the certificate of the API server')
    .option('--tls-server-name <name>', 'name to check the certificate against')
    .option('--request-timeout <duration>', 'time to wait for one answer of the API server (1s, 2m); 0 waits for ever')
    .addOption(new Option('--color <when>', 'when to colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('-v, --verbose', 'print every request with its time on stderr');
}

/** Whether to colour what goes to `sink`. https://no-color.org */
export function wantsColor(choice: ColorChoice, sink: { isTTY?: boolean }, env: Streams['env']): boolean {
  if (choice !== 'auto') return choice === 'always';
  return sink.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
