import type { SeenFile } from './compare-inside.ts';
import { takeFingerprint } from './expected-content.ts';
import type { ExpectedMount } from './expected-files.ts';
import type { Observation, ObserveContainer } from './observe.ts';
import type { SizedReading } from './observe-readings.ts';
import { keyOfReading, makeBatches, readSums } from './observe-readings.ts';
import type { Finding } from './observe-script.ts';

/** Why nothing was seen. */
export type Blind = Observation & { seen: 'nothing' };

/** Of so many files in one folder the sums are read first: to read them one by one takes long. */
const MANY = 64;

/** The files in folders of many that are what they should be, with their hashes, by path. */
export async function findSame(
  all: readonly ExpectedMount[],
  observe: ObserveContainer,
): Promise<Map<string, string> | Blind> {
  const mounts = all.filter(({ folder, files }) => folder !== null && files.length >= MANY);
  const folders = [...new Set(mounts.flatMap(({ folder }) => folder ?? []))];
  const same = new Map<string, string>();
  for (const path of folders) {
    const observation = await observe([{ read: 'sums', path }]);
    // Without a shell, `cat` alone may still read one file after the other.
    if (observation.seen === 'nothing') return observation.isOfImage ? same : observation;
    const [finding] = observation.findings;
    const sums = finding?.found === 'bytes' ? readSums(finding.bytes) : new Map<string, string>();
    for (const file of mounts.flatMap(({ folder, files }) => (folder === path ? files : []))) {
      const hash = sums.get(file.path.slice(path.length + 1));
      if (hash !== undefined && hash === file.value?.hash) same.set(file.path, hash);
    }
  }
  return same;
}

/** A file, with its bytes where they are of use. */
export type FoundFile = SeenFile & { bytes?: Uint8Array };

/** What was read in a container. */
interface Found {
  files: Map<string, FoundFile>;
  others: Map<string, Finding>;
}

/**
 * Reads in portions. Of files no more than their hashes stay in memory; of those with another hash than all of `known` their bytes too.
 * @param known `null` where no bytes are wanted
 */
export async function readAll(
  readings: readonly SizedReading[],
  observe: ObserveContainer,
  known: ReadonlySet<string> | null,
): Promise<Found | Blind> {
  const files = new Map<string, FoundFile>();
  const others = new Map<string, Finding>();
  const batches = makeBatches(readings);
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    const observation = await observe(batch);
    if (observation.seen === 'nothing') {
      if (!observation.isTooMuch || batch.length === 1) return observation;
      // Files may be much longer than what they should be now.
      const middle = batch.length >> 1;
      batches.unshift(batch.slice(0, middle), batch.slice(middle));
      continue;
    }
    for (const [index, reading] of batch.entries()) {
      const finding = observation.findings[index];
      if (finding === undefined) continue;
      if (reading.read !== 'file') others.set(keyOfReading(reading), finding);
      else files.set(reading.path, reduceFile(finding, known));
    }
  }
  return { files, others };
}

function reduceFile(finding: Finding, known: ReadonlySet<string> | null): FoundFile {
  if (finding.found !== 'bytes') return finding;
  const { hash } = takeFingerprint(finding.bytes);
  // A copy: all that was read together would stay in memory with it.
  return { found: 'file', hash, ...(known?.has(hash) === false && { bytes: Uint8Array.from(finding.bytes) }) };
}
