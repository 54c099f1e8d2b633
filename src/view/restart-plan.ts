import type { RestartPlan, RestartSkip, RestartStep } from '../types.ts';
import { formatObject } from './object-name.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';
import { countOf, escapeControls } from './text.ts';

/** A plan as a table: wave, workload, pods, why, and what to know before. '' when there is nothing to restart. */
export function renderRestartPlan(plan: RestartPlan, options: { showNamespace: boolean; headers: boolean }): string {
  const columns: Column<RestartStep>[] = [
    { title: 'WAVE', cell: (step) => String(step.wave) },
    { title: 'WORKLOAD', cell: (step) => formatObject(step.workload) },
    { title: 'PODS', cell: (step) => String(step.pods) },
    { title: 'WHY', cell: (step) => step.why.join('; ') },
    { title: 'NOTES', cell: (step) => step.warnings.join('; ') },
  ];
  if (options.showNamespace) columns.unshift({ title: 'NAMESPACE', cell: (step) => step.workload.namespace });
  return renderTable(plan.steps, columns, options);
}

/** What is left out and why, a line each. Workloads that are current are only counted: they are the good news. */
export function renderSkips(skipped: readonly RestartSkip[], showNamespace: boolean): string {
  const current = skipped.filter(({ code }) => code === 'current').length;
  const lines = skipped
    .filter(({ code }) => code !== 'current')
    .map(
      ({ workload, reason }) =>
        `left out: ${showNamespace ? `${workload.namespace}/` : ''}${formatObject(workload)}: ${reason}`,
    );
  if (current > 0) lines.push(`${countOf(current, 'workload')} ${current === 1 ? 'is' : 'are'} current.`);
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}
