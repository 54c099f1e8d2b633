import { findSegment, readMachO } from '../../scripts/package/mach-o.ts';

/** For which machine a program is, and what bun put into it. */
export interface ProgramStructure {
  os: string;
  arch: string;
  /** The section that holds our code. */
  embedded: Buffer;
}

const ELF_MACHINES: Record<number, string> = { 62: 'amd64', 183: 'arm64' };
const PE_MACHINES: Record<number, string> = { 34404: 'amd64', 43620: 'arm64' };
const MACH_O_MACHINES: Record<number, string> = { 16777223: 'amd64', 16777228: 'arm64' };

/** Reads the head of a program for Linux (ELF), Windows (PE) or macOS (Mach-O). Throws where it has no code of ours. */
export function readProgram(file: Buffer): ProgramStructure {
  const magic = file.toString('latin1', 0, 4);
  if (magic === '\x7fELF') {
    const arch = ELF_MACHINES[file.readUInt16LE(18)] ?? '';
    return { os: 'linux', arch, embedded: findElfSection(file, '.bun') };
  }
  if (magic.startsWith('MZ')) {
    const head = file.readUInt32LE(0x3c);
    if (file.toString('latin1', head, head + 4) !== 'PE\0\0') throw new Error('no PE file');
    const arch = PE_MACHINES[file.readUInt16LE(head + 4)] ?? '';
    return { os: 'windows', arch, embedded: findPeSection(file, head, '.bun') };
  }
  const { offset, size } = findSegment(readMachO(file), '__BUN');
  const arch = MACH_O_MACHINES[file.readUInt32LE(4)] ?? '';
  return { os: 'darwin', arch, embedded: file.subarray(offset, offset + size) };
}

function findElfSection(file: Buffer, wanted: string): Buffer {
  const table = Number(file.readBigUInt64LE(40));
  const [entry, count, names] = [file.readUInt16LE(58), file.readUInt16LE(60), file.readUInt16LE(62)];
  const read = (index: number) => {
    const at = table + index * entry;
    const offset = Number(file.readBigUInt64LE(at + 24));
    return {
      name: file.readUInt32LE(at),
      content: file.subarray(offset, offset + Number(file.readBigUInt64LE(at + 32))),
    };
  };
  const strings = read(names).content;
  for (let index = 0; index < count; index++) {
    const { name, content } = read(index);
    if (strings.toString('latin1', name, strings.indexOf(0, name)) === wanted) return content;
  }
  throw new Error(`no section ${wanted}`);
}

function findPeSection(file: Buffer, head: number, wanted: string): Buffer {
  const table = head + 24 + file.readUInt16LE(head + 20);
  for (let index = 0; index < file.readUInt16LE(head + 6); index++) {
    const at = table + index * 40;
    if (file.toString('latin1', at, at + 8).replace(/\0+$/, '') !== wanted) continue;
    const offset = file.readUInt32LE(at + 20);
    return file.subarray(offset, offset + file.readUInt32LE(at + 16));
  }
  throw new Error(`no section ${wanted}`);
}
