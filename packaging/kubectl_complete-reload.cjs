#!/usr/bin/env node
// What npm links as kubectl_complete-reload, which kubectl runs to complete the words after "kubectl reload". A person is in the middle of a
// line: nothing is said of what goes wrong.
process.stderr.write = () => true;
process.argv.splice(2, 0, '__complete');
require('./kubectl-reload.cjs');
