import { REPORT_API_VERSION } from '../name.ts';

/** The kinds of JSON reports. */
export type ReportKind = 'StatusReport' | 'DependencyReport' | 'DiffReport' | 'RestartPlan';

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
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  const { stringify } = await import('yaml');
  // Items repeat whole objects; anchors would be right YAML and hard to read.
  return stringify(report, { aliasDuplicateObjects: false });
}
