import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder of a stranger, in which a person types a command. */
export interface HostileFolder {
  path: string;
  /** What of it was executed, in order, since it was last asked. */
  executed(): string[];
}

/** Modules that the program is made of, and one that it asks for only in development. */
const MODULES = ['commander', 'ink', 'react', 'yaml', 'js-yaml', 'diff', 'socks', 'react-devtools-core'];

/** Lays out everything that a runtime may execute, or read its settings from, on its own in the current folder. */
export function makeHostileFolder(path: string): HostileFolder {
  const record = join(path, 'executed');
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  const trap = (name: string) => `require('node:fs').appendFileSync(${JSON.stringify(record)}, '${name}\\n');\n`;

  for (const name of MODULES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, trap(name));
  }
  write('preload.js', trap('preload'));
  write('options.js', trap('options'));
  for (const name of ['bunfig.toml', '.bunfig.toml', '.config/bunfig.toml']) {
    write(name, `preload = [${JSON.stringify(join(path, 'preload.js'))}]\n`);
  }
  const variables = {
    KUBECONFIG: join(path, 'evil.yaml'),
    KUBECTL_EXTERNAL_DIFF: join(path, 'options.js'),
    BUN_OPTIONS: `--preload=${join(path, 'options.js')}`,
    NODE_OPTIONS: `--require=${join(path, 'options.js')}`,
    DEV: 'true',
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  for (const name of ['.env', '.env.local', '.env.production', '.env.development']) write(name, lines.join(''));
  write('evil.yaml', JSON.stringify({ 'current-context': 'evil' }));
  const imports = { '#options': './options.js' };
  write('package.json', JSON.stringify({ name: 'evil', imports, scripts: { status: 'sh status' } }));
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { paths: { commander: ['./options.js'], ink: ['./options.js'] } } }),
  );
  write('status', `echo status >>'${record}'\n`);
  return { path, executed: () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []) };
}

/** Makes what a runtime would read of the folder illegible, so that reading it shows as an error. */
export function garble({ path }: HostileFolder): void {
  for (const name of ['bunfig.toml', '.bunfig.toml', 'package.json', 'tsconfig.json']) {
    writeFileSync(join(path, name), '[[{"broken');
  }
}
