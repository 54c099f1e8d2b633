// Runs before `npm run demo` and `npm run cluster`, so that one command is enough on a fresh clone.
// Plain JavaScript for Node: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/.bin/bun')) {
  process.stderr.write('installing dependencies (npm ci)…\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    process.stderr.write('error: npm ci failed; its messages are above\n');
    process.exit(1);
  }
}
