import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readStandardText } from './standard-text.ts';

/** A part of a program that others made. */
export interface Licensed {
  name: string;
  version: string;
  /** As the package names it, mostly an identifier of SPDX. */
  license: string;
  text: string;
}

/** What a license asks to be handed on: its text, and the notices beside it. */
const LICENSE_FILES = /^(licen[cs]e|copying|notice)([.-](md|txt|mit|apache|bsd))?$/i;
const NOTICE = /copyright (?:\(c\)|©|\d{4}).*/i;

/**
 * Reads the licenses of the packages that modules of a program come from, sorted by name. Where a package has no file with its license, the
 * text is the usual one of that license, with the notices of copyright of those modules.
 * @param modules paths of files, those of packages below a `node_modules`
 * @param runtimes the folder that holds the usual texts
 * @throws where a package does not say under which license it is, or there is no text to be had for it
 */
export function readBundledLicenses(modules: readonly string[], runtimes: string): Licensed[] {
  const found = new Map<string, Licensed>();
  for (const [folder, files] of groupByPackage(modules)) {
    const licensed = readLicense(folder, files, runtimes);
    found.set(`${licensed.name} ${licensed.version} ${licensed.text}`, licensed);
  }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, licensed]) => licensed);
}

function groupByPackage(modules: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of modules) {
    const [, folder] = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (folder !== undefined) groups.set(folder, [...(groups.get(folder) ?? []), path]);
  }
  return groups;
}

function readLicense(folder: string, modules: readonly string[], runtimes: string): Licensed {
  const manifest: { name?: string; version?: string; license?: unknown } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const { name = relative('node_modules', folder), version = '', license } = manifest;
  if (typeof license !== 'string') throw new Error(`${name} ${version} is in the program, but names no license`);
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILES.test(file))
    .sort()
    .map((file) => readText(join(folder, file)));
  if (texts.some((text) => text !== '')) return { name, version, license, text: texts.join('\n\n') };

  const notices = new Set(modules.flatMap((file) => NOTICE.exec(readText(file))?.[0].trim() ?? []));
  const usual = readStandardText(license, runtimes);
  if (notices.size === 0 || usual === undefined) {
    const missing = usual === undefined ? 'that is none with a usual text' : 'its modules say nothing of a copyright';
    throw new Error(`${name} ${version} is in the program, but has no text of its license ${license}, and ${missing}`);
  }
  const text = `${[...notices].join('\n')}\n\n${usual.replace(/^copyright .*<.*\n+/im, '')}`;
  return { name, version, license, text };
}

function readText(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r', '').trim();
}
