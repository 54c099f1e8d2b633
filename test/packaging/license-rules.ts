/** A package, as a lock file or a list of licenses names it. */
export interface LockedPackage {
  name: string;
  version: string;
}

/** What is installed beside the program's modules without being a part of it: types, and what nothing that we load asks for. */
const UNUSED = new Set([
  ...['@types/react', 'csstype', 'type-fest', 'tagged-tag'],
  ...['argparse', 'es-toolkit', 'is-in-ci', 'terminal-size'],
]);

/** The packages that the program is made of, by the lock file of npm. */
export function listProgramPackages(lock: string): LockedPackage[] {
  const { packages }: { packages: Record<string, { version: string; dev?: true }> } = JSON.parse(lock);
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version }]) => ({ name: path.replace(/^.*node_modules\//, ''), version }))
    .filter(({ name }) => !UNUSED.has(name));
}

/**
 * What is wrong with a file of licenses.
 * @param packages all that it has to be about
 */
export function findLicenseProblems(text: string, packages: readonly LockedPackage[]): string[] {
  const [head = '', ...sections] = text.split(/^={80}\n/m);
  const listed = [...head.matchAll(/^ {2}(\S+ \S+) +(\S.*)$/gm)].map(([, title = '']) => title);
  const wanted = new Set(packages.map(({ name, version }) => `${name} ${version}`));
  const problems = [...wanted].filter((title) => !listed.includes(title)).map((title) => `${title} is missing`);
  problems.push(...listed.filter((title) => !wanted.has(title)).map((title) => `${title} is no part of the program`));
  for (const title of listed) {
    const found = sections.filter((section) => section.startsWith(`${title}\n\n`));
    const license = found[0]?.slice(title.length) ?? '';
    if (found.length !== 1) problems.push(`${title} has ${found.length} texts, not 1`);
    // All that we have met hold a notice, and the sentence without which a license gives nothing away.
    else if (!/copyright/i.test(license) || !/permi(ssion|tted)|licensed/i.test(license))
      problems.push(`what is said of ${title} is no license`);
  }
  return problems;
}
