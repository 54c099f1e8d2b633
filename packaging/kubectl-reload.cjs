#!/usr/bin/env node
// What npm links as kubectl-reload. The program itself is one that an older Node.js cannot even read, so this looks first.
const { engines, homepage } = require('../package.json');

const needed = Number(engines.node.replace(/\D/g, ''));
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `error: kubectl reload needs Node.js ${needed} or newer, and this is ${process.version}\n` +
      `  Install a newer Node.js, or take the program that needs none: ${homepage}/releases\n`,
  );
  process.exitCode = 2;
} else {
  import('../dist/kubectl-reload.js');
}
