import type { RestartPlan, RestartSkip, RestartStep } from '../types.ts';
import { formatObject } from './object-name.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';
import { countOf, escapeControls, joinWords } from './text.ts';
import { wrapText } from './wrap-text.ts';

/** How to show a plan. */
export interface PlanStyle {
  showNamespace: boolean;
  headers: boolean;
  /** Columns of the terminal; nothing is wrapped without it. */
  width?: number | undefined;
}

/** A note that more workloads than this share is told once, below them all, with so many of their names. */
const SHARED_BY = 2;
const MOST_NAMES = 3;
/** Narrower than this a column is no column any more. */
const LEAST_WHY = 30;
const NOTE = '! ';

/** A line of the table: a step, or more of what is to be said of the one above. */
interface Line {
  step: RestartStep | null;
  why: string;
}

/**
 * A plan as a table: wave, workload, pods, why, each change on a line of its own, and below it what to know before.
 * '' when there is nothing to restart.
 */
export function renderRestartPlan({ steps }: RestartPlan, style: PlanStyle): string {
  const shared = findSharedNotes(steps);
  const lead = leadColumns(style.showNamespace);
  const indent = lead.slice(0, -2).reduce((sum, column) => sum + widthOf(column, steps, style) + 2, 0);
  const left = lead.reduce((sum, column) => sum + widthOf(column, steps, style) + 2, 0);
  const whyWidth = style.width === undefined ? undefined : Math.max(LEAST_WHY, style.width - left);
  const lines = steps.map((step) => ({
    step,
    why: (step.why.length === 0 ? [''] : step.why).flatMap((why) => wrapText(escapeControls(why), whyWidth)),
    notes: step.warnings.filter((text) => !shared.has(text)),
  }));
  const columns: Column<Line>[] = [
    ...lead.map(({ title, cell }) => ({ title, cell: ({ step }: Line) => (step === null ? ' ' : cell(step)) })),
    { title: 'WHY', cell: ({ why }) => why },
  ];
  const rows = lines.flatMap(({ step, why: [first = '', ...more] }): Line[] => [
    { step, why: first },
    ...more.map((why) => ({ step: null, why })),
  ]);
  const printed = renderTable(rows, columns, style).split('\n').slice(0, -1);
  const table = style.headers ? printed.splice(0, 1) : [];
  for (const { why, notes } of lines) {
    table.push(...printed.splice(0, why.length));
    for (const note of notes) table.push(...renderNote(note, indent, style.width));
  }
  for (const [note, workloads] of shared) {
    table.push(...renderNote(`${describeSharing(workloads, steps)}: ${note}`, 0, style.width));
  }
  return table.map((line) => `${line}\n`).join('');
}

/** What is left out and why, a line each. Workloads that are current are only counted: they are the good news. */
export function renderSkips(
  skipped: readonly RestartSkip[],
  { showNamespace, width }: Pick<PlanStyle, 'showNamespace' | 'width'>,
): string {
  const current = skipped.filter(({ code }) => code === 'current').length;
  const lines = skipped
    .filter(({ code }) => code !== 'current')
    .map(
      ({ workload, reason }) =>
        `left out: ${showNamespace ? `${workload.namespace}/` : ''}${formatObject(workload)}: ${reason}`,
    );
  if (current > 0) lines.push(`${countOf(current, 'workload')} ${current === 1 ? 'is' : 'are'} current.`);
  return lines
    .flatMap((line) => hang(escapeControls(line), '', '  ', width))
    .map((line) => `${line}\n`)
    .join('');
}

function leadColumns(showNamespace: boolean): Column<RestartStep>[] {
  return [
    ...(showNamespace ? [{ title: 'NAMESPACE', cell: (step: RestartStep) => step.workload.namespace }] : []),
    { title: 'WAVE', cell: (step) => String(step.wave) },
    { title: 'WORKLOAD', cell: (step) => formatObject(step.workload) },
    { title: 'PODS', cell: countPods },
  ];
}

/** All pods, or how many of them are to be evicted. */
function countPods({ pods, evict }: RestartStep): string {
  return evict === undefined || evict.length === pods ? String(pods) : `${evict.length}/${pods}`;
}

function widthOf({ title, cell }: Column<RestartStep>, steps: readonly RestartStep[], { headers }: PlanStyle): number {
  return Math.max(headers ? title.length : 0, ...steps.map((step) => [...(escapeControls(cell(step)) || '-')].length));
}

function findSharedNotes(steps: readonly RestartStep[]): Map<string, RestartStep[]> {
  const notes = steps.flatMap((step) => [...new Set(step.warnings)].map((note) => ({ note, step })));
  const shared = [...Map.groupBy(notes, ({ note }) => note)].filter(([, found]) => found.length > SHARED_BY);
  return new Map(shared.map(([note, found]) => [note, found.map(({ step }) => step)]));
}

function describeSharing(found: readonly RestartStep[], steps: readonly RestartStep[]): string {
  if (found.length === steps.length) return `all ${found.length} workloads`;
  return joinWords(
    found.map(({ workload }) => formatObject(workload)),
    MOST_NAMES,
  );
}

function renderNote(note: string, indent: number, width: number | undefined): string[] {
  return hang(escapeControls(note), ' '.repeat(indent) + NOTE, ' '.repeat(indent + NOTE.length), width);
}

/** A paragraph whose first line begins otherwise than the others. */
function hang(text: string, first: string, others: string, width: number | undefined): string[] {
  const room = width === undefined ? undefined : Math.max(LEAST_WHY, width - others.length);
  return wrapText(text, room).map((line, index) => (index === 0 ? first : others) + line);
}
