import type { Document } from 'yaml';
import { REPORT_API_VERSION } from '../name.ts';

/** The kinds of JSON reports. */
export type ReportKind =
  | 'StatusReport'
  | 'DependencyReport'
  | 'DiffReport'
  | 'RestartPlan'
  | 'ProbePlan'
  | 'ProbeReport';

/** A report as `-o json` and `-o yaml` print it. */
export interface Report<Item> {
  apiVersion: typeof REPORT_API_VERSION;
  kind: ReportKind;
  items: readonly Item[];
}

/**
 * Prints a report.
 * @param beside fields that stand beside `items`
 */
export async function renderReport<Item>(
  kind: ReportKind,
  items: readonly Item[],
  format: 'json' | 'yaml',
  beside: Record<string, unknown> = {},
): Promise<string> {
  const report: Report<Item> = { apiVersion: REPORT_API_VERSION, kind, items, ...beside };
  return format === 'json' ? `${formatJson(report, 2)}\n` : formatYaml(report);
}

/**
 * JSON without any letter that a terminal acts upon or that reorders what a person reads: these stand there as `\u009b`, which is the
 * same text to whoever parses it.
 * @param indent blanks a level; without it, all is on one line
 */
export function formatJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, escapeUnits);
}

/**
 * YAML, with the same care.
 * @param layout.lines one line stays one line, and fields are sorted: then two texts can be compared line by line
 */
export async function formatYaml(value: unknown, { lines = false }: { lines?: boolean } = {}): Promise<string> {
  const { Document, visit } = await import('yaml');
  // Items repeat whole objects; anchors would be right YAML and hard to read.
  const document: Document = new Document(value, { aliasDuplicateObjects: false, sortMapEntries: lines });
  visit(document, {
    Scalar(_, scalar) {
      // Only in double quotes a letter can be spelt otherwise.
      if (typeof scalar.value === 'string' && scalar.value.search(UNSAFE) !== -1) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString(lines ? { lineWidth: 0 } : {}).replace(UNSAFE, escapePoint);
}

/** What JSON leaves as it is, though it is not harmless to look at: the controls beyond ASCII, and what reorders, joins or hides letters. */
const UNSAFE = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON knows only 16 bits: a letter beyond them is two. */
function escapeUnits(letter: string): string {
  return letter.split('').map(escapePoint).join('');
}

function escapePoint(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
