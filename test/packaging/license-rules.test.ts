import { expect, test } from 'bun:test';
import { formatThirdPartyLicenses } from '../../scripts/package/third-party-licenses.ts';
import { findLicenseProblems, listProgramPackages } from './license-rules.ts';

const LICENSE = 'Copyright (c) 2020 Somebody\n\nPermission is hereby granted';
const PARTS = [
  { name: 'one', version: '1.0.0', license: 'MIT', text: LICENSE },
  { name: '@scope/two', version: '2.0.0', license: 'MIT', text: LICENSE },
];
const TEXT = formatThirdPartyLicenses(PARTS);

test('a package that is in the program, but not in the file, is found', () => {
  expect(findLicenseProblems(TEXT, PARTS)).toEqual([]);
  expect(findLicenseProblems(TEXT, [...PARTS, { name: 'three', version: '3.0.0' }])).toEqual([
    'three 3.0.0 is missing',
  ]);
  expect(findLicenseProblems('', PARTS)).toEqual(['one 1.0.0 is missing', '@scope/two 2.0.0 is missing']);
});

test('another version than the one in the program is found', () => {
  const newer = [{ name: 'one', version: '1.0.1' }, ...PARTS.slice(1)];
  expect(findLicenseProblems(TEXT, newer)).toEqual(['one 1.0.1 is missing', 'one 1.0.0 is no part of the program']);
});

test('a package without its text, or with another one, is found', () => {
  const [head = ''] = TEXT.split('='.repeat(80));
  expect(findLicenseProblems(head, PARTS)).toEqual([
    'one 1.0.0 has 0 texts, not 1',
    '@scope/two 2.0.0 has 0 texts, not 1',
  ]);
  const foreign = formatThirdPartyLicenses([
    { ...PARTS[0], name: 'one', version: '1.0.0', license: 'MIT', text: 'Read me' },
  ]);
  expect(findLicenseProblems(foreign, PARTS.slice(0, 1))).toEqual(['what is said of one 1.0.0 is no license']);
});

test('the packages of the program are those of the lock file, but for the tools and the types', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/ink': { version: '8.0.0' },
      'node_modules/ink/node_modules/@scope/deep': { version: '1.0.0' },
      'node_modules/csstype': { version: '3.0.0' },
      'node_modules/knip': { version: '6.0.0', dev: true },
    },
  };
  expect(listProgramPackages(JSON.stringify(lock))).toEqual([
    { name: 'ink', version: '8.0.0' },
    { name: '@scope/deep', version: '1.0.0' },
  ]);
});
