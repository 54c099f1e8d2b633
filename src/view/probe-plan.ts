import type { ProbedContainer, ProbePlan, ProbeSkip, ProbeStep } from '../types.ts';
import { formatObject } from './object-name.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';
import { countOf, escapeControls, escapeLines, joinWords } from './text.ts';

/** How to show a plan. */
export interface ProbePlanStyle {
  showNamespace: boolean;
  headers: boolean;
}

const MOST_WATCHES = 6;

interface Row {
  step: ProbeStep;
  container: ProbedContainer;
}

/** What gets the probe, or loses it: a line a container, and below what to know before. */
export function renderProbePlan(
  { steps }: Pick<ProbePlan, 'steps'>,
  { showNamespace, headers }: ProbePlanStyle,
): string {
  const rows = steps.flatMap((step) => step.containers.map((container) => ({ step, container })));
  const keeps = ({ container }: Row): string => (container.keeps === null ? '' : `its ${container.keeps} check`);
  const watches = ({ container }: Row): string => joinWords(container.watches, MOST_WATCHES);
  const columns: Column<Row>[] = [
    ...(showNamespace ? [{ title: 'NAMESPACE', cell: ({ step }: Row) => step.workload.namespace }] : []),
    { title: 'WORKLOAD', cell: ({ step }) => formatObject(step.workload) },
    { title: 'CONTAINER', cell: ({ container }) => container.name },
    { title: 'CHECK', cell: ({ container }) => container.check },
    ...(rows.some((row) => keeps(row) !== '') ? [{ title: 'KEEPS', cell: keeps }] : []),
    ...(rows.some((row) => watches(row) !== '') ? [{ title: 'WATCHES', cell: watches }] : []),
  ];
  return renderTable(rows, columns, { headers }) + renderNotes(steps);
}

function renderNotes(steps: readonly ProbeStep[]): string {
  return steps
    .flatMap(({ workload, warnings }) => warnings.map((text) => `! ${formatObject(workload)}: ${text}`))
    .map((line) => `${escapeControls(line)}\n`)
    .join('');
}

/** What stays as it is, and why, each with what helps. */
export function renderProbeSkips(skipped: readonly ProbeSkip[], showNamespace: boolean): string {
  return skipped
    .map(({ workload, reason, hint }) => {
      const name = `${showNamespace && workload.namespace !== '' ? `${workload.namespace}/` : ''}${formatObject(workload)}`;
      const line = `left out: ${escapeControls(`${name}: ${reason}`)}\n`;
      return hint === '' ? line : `${line}${escapeLines(hint).replace(/^/gm, '  ')}\n`;
    })
    .join('');
}

/** The question before a plan is carried out. */
export function askForProbe({ steps }: ProbePlan, verb: 'inject' | 'eject'): string {
  const what = verb === 'inject' ? 'Put the probe into' : 'Take the probe out of';
  return `${what} ${countOf(steps.length, 'workload')}? Their pods are replaced`;
}
