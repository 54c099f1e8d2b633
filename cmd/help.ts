import type { Command } from 'commander';
import { Help } from 'commander';
import { ReloadError } from '../src/error.ts';
import { PROGRAM } from '../src/name.ts';
import { findNearestWord } from '../src/nearest-word.ts';

/** Examples by command, without the program's name: what is typed, and what it does. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '': [
    ['', 'which containers of this namespace run stale configuration'],
    ['-A -o wide', 'in all namespaces, with the evidence'],
    ['deps secret/db-login', 'who uses this Secret, how, and which keys'],
    ['deps -f deploy/ -R', 'the same of manifests, without a cluster'],
    ['diff', 'what running containers hold, against what the cluster holds now'],
    ['restart', 'restart just the stale workloads, after a question'],
    ['restart cm/web --yes', 'those that use this ConfigMap and do not run it as it is now'],
  ],
  status: [
    ['status -n shop', 'what is not current in a namespace'],
    ['status cm/web --all', 'everything that uses this ConfigMap, current or not'],
    ['status -A --exit-code', 'in all namespaces; exit 1 if anything is stale'],
    ['status deploy/web --deep', 'look into the containers, where times alone cannot tell'],
  ],
  deps: [
    ['deps deploy/web', 'what one workload uses'],
    ['deps --by config', 'from the ConfigMaps and Secrets, with those that nobody uses'],
    ['deps -f deploy/ -R --exit-code', 'of manifests, without a cluster; exit 1 if one refers to nothing'],
  ],
  diff: [
    ['diff', 'what running containers hold, against what the cluster holds now'],
    ['diff -f web.yaml', 'what applying a file would change, and which workloads it would touch'],
    ['diff secret/login --show-secrets', 'with the values of a Secret, which are masked otherwise'],
  ],
  restart: [
    ['restart', 'the workloads of this namespace that run old configuration, after a question'],
    ['restart --dry-run=server', 'the plan, and what the API server would refuse'],
    ['restart cm/web --yes', 'those that use this ConfigMap and do not run it as it is now'],
    ['restart deploy/web --undo-on-failure', 'this one, and back again if its new pods fail'],
  ],
  'rollout-status': [
    ['rollout-status', 'follow all rollouts of this namespace to their end'],
    ['rollout-status deploy/web --timeout 5m', 'follow one, for five minutes at most'],
    ['rollout-status -A --watch=false', 'where all of them stand now'],
  ],
  'probe inject': [
    ['probe inject deploy/web --dry-run=server', 'show what it would put in, and let the API server check it'],
    ['probe inject deploy/web', 'put the probe into a workload'],
    ['probe inject -f web.yaml -o yaml', 'into a manifest, printed with the probe in it'],
  ],
  'probe eject': [['probe eject deploy/web', 'take out exactly what inject put in']],
  'probe verify': [
    ['probe verify deploy/web', 'ask the probe in a live pod what it sees; exit 1 unless all is current'],
  ],
  'probe manifest': [['probe manifest | kubectl apply -n shop -f -', 'install the ConfigMap that carries the probe']],
  version: [
    ['version', 'of the program and of the API server'],
    ['version --client -o json', 'of the program alone'],
  ],
};

const FIRST_PAGE = `
Every command takes kubectl's connection flags (-n, --context, --kubeconfig, --as ...), before or after it:
kubectl reload status --help lists them.
`;

/** The first page says what there is to do; the flags that all commands share stand on the page of each command. */
export function configureHelp(program: Command): void {
  program
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      visibleOptions(command) {
        const options = new Help().visibleOptions(command);
        return command.parent === null ? options.filter(({ long }) => long === '--help') : options;
      },
      visibleGlobalOptions(command) {
        if (command.commands.length > 0) return [];
        const options = Object.assign(new Help(), { showGlobalOptions: true }).visibleGlobalOptions(command);
        return options.filter(({ long }) => long !== '--version');
      },
    })
    .showHelpAfterError('(--help shows the commands and flags)')
    .addHelpText('afterAll', ({ command, error }) => (error ? '' : renderExamples(command)));
}

/** Adds `help`, which comes last. */
export function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('how to use a command')
    .argument('[command...]')
    .action((words: string[]) => findCommand(program, words).outputHelp());
}

function renderExamples(command: Command): string {
  const path = pathOf(command);
  const lines = (EXAMPLES[path] ?? []).map(([words, what]): [string, string] => [`${PROGRAM} ${words}`.trim(), what]);
  if (lines.length === 0) return '';
  const width = Math.max(...lines.map(([typed]) => typed.length));
  const text = lines.map(([typed, what]) => `  ${typed.padEnd(width)}  ${what}\n`).join('');
  return `\nExamples:\n${text}${path === '' ? FIRST_PAGE : ''}`;
}

/** The words that lead from the program to a command. */
function pathOf(command: Command): string {
  if (command.parent === null) return '';
  return `${pathOf(command.parent)} ${command.name()}`.trim();
}

/** @throws ReloadError for a word that is no command */
function findCommand(from: Command, [word, ...rest]: readonly string[]): Command {
  if (word === undefined) return from;
  const found = from.commands.find((command) => command.name() === word);
  if (found !== undefined) return findCommand(found, rest);
  const near = findNearestWord(
    word,
    from.commands.map((command) => command.name()),
  );
  const path = `${PROGRAM} ${pathOf(from)}`.trim();
  throw new ReloadError(`"${word}" is no command of ${path}`, {
    hint: near === undefined ? `See ${path} --help for the commands.` : `Did you mean ${path} ${near}?`,
  });
}
