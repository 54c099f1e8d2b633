import type { Circumstances, Result } from './results.ts';
import type { Group, Row } from './scale.ts';

type Of<Part extends Result['part']> = Extract<Result, { part: Part }>;

/** The last one of each group is kubectl's. */
const MEASURES = ['wall', 'cpu', 'memory'] as const;
type Measure = (typeof MEASURES)[number];

/** What `status` and `deps` may cost at most, as a part of what kubectl costs, at the largest size on a real control plane. */
const GOALS: Record<Measure, number> = { wall: 0.3, cpu: 0.2, memory: 0.4 };
/** Memory at the largest size of stored pages, as a multiple of that at the smallest, which is a tenth. */
const GROWTH_GOAL = 2;
const JUDGED = ['kubectl reload status -A', 'kubectl reload deps -A'];

/** docs/performance.md, from what is kept of the runs. */
export function renderPerformance(results: readonly Result[]): string {
  const of = <Part extends Result['part']>(part: Part): Of<Part>[] =>
    results.filter((result): result is Of<Part> => result.part === part).sort(compareSizes);
  const scale = of('scale');
  const stored = of('stored');
  const sections = [
    renderGoals(scale.at(-1), stored),
    ...scale.map(renderScale),
    renderStored(stored, scale),
    ...of('churn').map(renderChurn),
    ...of('start').map(renderStart),
    ...of('probe').map(renderProbe),
    ...of('edits').map(renderEdits),
  ];
  return `${[INTRODUCTION, ...sections.filter((section) => section !== '')].join('\n\n')}\n`;
}

const INTRODUCTION = `# What it costs

Written by \`npm run bench -- --write\`; every figure is from a run. Each command takes turns with kubectl's nearest one, on the same
cluster, in the same run: medians, and in brackets the ratio to the last line of the table, which is kubectl's. Seconds and
MiB are another machine's on another day; ratios are what to compare. CPU is user and system time of the process, memory the largest resident set, and
requests and bytes received (packed, as they are on the wire) are counted in a run of their own.

Workloads: of twenty, fifteen Deployments, two StatefulSets, two DaemonSets and a CronJob, fifty a namespace, about five pods each on
fake nodes; a ConfigMap for each, a Secret for two, a ConfigMap shared by the namespace, from 1 KB to 100 KB; used by variable, envFrom, volume, items, projected
volume and subPath, some of them optional. All from one seed. Nobody runs old content unless a section says so.`;

function compareSizes(a: Result, b: Result): number {
  return sizeOf(a) - sizeOf(b);
}

function sizeOf(result: Result): number {
  return 'size' in result ? result.size : 0;
}

function renderGoals(scale: Of<'scale'> | undefined, stored: readonly Of<'stored'>[]): string {
  const rows = [...(scale === undefined ? [] : judgeRatios(scale)), ...judgeGrowth(stored)];
  if (rows.length === 0) return '';
  return `## Goals\n\n| | goal | measured | |\n|---|---:|---:|---|\n${rows.join('\n')}`;
}

function judgeRatios({ groups, size }: Of<'scale'>): string[] {
  const [group] = groups;
  const base = group?.rows.at(-1);
  if (group === undefined || base === undefined) return [];
  return group.rows
    .filter(({ name }) => JUDGED.includes(name))
    .flatMap(({ name, cost }) =>
      MEASURES.map((measure) => {
        const [goal, ratio] = [GOALS[measure], cost[measure] / base.cost[measure]];
        const what = `\`${name}\`: ${MEASURE_NAMES[measure]} at ${formatCount(size)} workloads, to kubectl's`;
        return `| ${what} | ${goal} | ${ratio.toFixed(2)} | ${ratio <= goal ? 'reached' : '**missed**'} |`;
      }),
    );
}

function judgeGrowth(stored: readonly Of<'stored'>[]): string[] {
  const [small, large] = [stored[0], stored.at(-1)];
  if (small === undefined || large === undefined || small === large) return [];
  return JUDGED.flatMap((name) => {
    const [before, after] = [findRow(small, name), findRow(large, name)];
    if (before === undefined || after === undefined) return [];
    const factor = after.cost.memory / before.cost.memory;
    const what = `\`${name}\`: memory at ${formatCount(large.size)} workloads, to that at ${formatCount(small.size)}`;
    return [
      `| ${what} | ${GROWTH_GOAL} | ${factor.toFixed(2)} | ${factor <= GROWTH_GOAL ? 'reached' : '**missed**'} |`,
    ];
  });
}

const MEASURE_NAMES: Record<Measure, string> = { wall: 'wall', cpu: 'CPU', memory: 'memory' };

function renderScale({ ran, size, pods, configs, runs, groups }: Of<'scale'>): string {
  const title = `## ${formatCount(size)} workloads on a real control plane`;
  const what = `${formatCount(pods)} pods, ${formatCount(configs)} ConfigMaps and Secrets; medians of ${runs} runs (restarts: of at most 3).`;
  return [title, what, ...groups.map((group) => renderGroup(group)), renderCircumstances(ran)].join('\n\n');
}

function renderStored(stored: readonly Of<'stored'>[], scale: readonly Of<'scale'>[]): string {
  const [small, large] = [stored[0], stored.at(-1)];
  if (small === undefined || large === undefined) return '';
  const real = scale.find(({ size }) => size === small.size);
  const parts = [
    `## ${stored.map(({ size }) => formatCount(size)).join(' and ')} workloads on stored pages`,
    `A control plane on two cores carries no ${formatCount(large.pods)} pods. Here the answers of a real one, at ${formatCount(small.size)} workloads,
come from a server that keeps them ready, as they are and copied under other names. It answers at once, so that a command
waits less than on a real one; what it does itself is the same.`,
    ...stored.map((result) => {
      const what = `### ${formatCount(result.size)} workloads, ${formatCount(result.pods)} pods`;
      return [
        what,
        ...result.groups.map((group) => renderGroup({ ...group, title: '' })),
        renderCircumstances(result.ran),
      ].join('\n\n');
    }),
    ...(small === large
      ? []
      : [`### Growth from ${formatCount(small.size)} to ${formatCount(large.size)}`, renderFactors(small, large)]),
    ...(real === undefined
      ? []
      : [
          `### Stored pages to the real control plane, at ${formatCount(small.size)} workloads`,
          renderFactors(real, small),
        ]),
  ];
  return parts.join('\n\n');
}

type Sized = Of<'scale'> | Of<'stored'>;

/** How many times as much the second costs. */
function renderFactors(first: Sized, second: Sized): string {
  const lines = (first.groups[0]?.rows ?? []).flatMap((before) => {
    const after = findRow(second, before.name);
    if (after === undefined) return [];
    const cells = MEASURES.map((measure) => `× ${(after.cost[measure] / before.cost[measure]).toFixed(2)}`);
    const traffic = (['requests', 'received'] as const).map((name) =>
      before.traffic && after.traffic ? `× ${(after.traffic[name] / before.traffic[name]).toFixed(2)}` : '',
    );
    return [`| \`${before.name}\` | ${[...cells, ...traffic].join(' | ')} |`];
  });
  return `| | wall | CPU | memory | requests | bytes |\n|---|---:|---:|---:|---:|---:|\n${lines.join('\n')}`;
}

function findRow({ groups }: Sized, name: string): Row | undefined {
  return groups[0]?.rows.find((row) => row.name === name);
}

function renderChurn(result: Of<'churn'>): string {
  const { ran, size, pods, minutes, edits, rollouts, lines, rows, remembered, watchers } = result;
  const table = watchers.map(
    ({ name, cpu, firstMemory, lastMemory }) =>
      `| ${asCode(name)} | ${cpu.toFixed(1)} s | ${firstMemory.toFixed(0)} MiB | ${lastMemory.toFixed(0)} MiB | ${(lastMemory / firstMemory).toFixed(2)} |`,
  );
  const remark = remembered === 0 ? '' : `; of ${remembered} the watch still knew what the server had forgotten`;
  return [
    `## \`kubectl reload status -w\` under churn, ${formatCount(size)} workloads`,
    `Minutes: ${minutes}; ${formatCount(pods)} pods, ${formatCount(edits)} edits of configs and ${formatCount(rollouts)} rollouts by chance from one seed, with kubectl's watches beside it.
It told ${formatCount(lines)} changes; at the end its ${formatCount(rows)} rows were those of a fresh \`status\`${remark}.`,
    `| | CPU | memory, first minute | memory, last minute | growth |\n|---|---:|---:|---:|---:|\n${table.join('\n')}`,
    renderCircumstances(ran),
  ].join('\n\n');
}

function renderStart({ ran, runs, groups }: Of<'start'>): string {
  return [
    `## The first look`,
    `Medians of ${runs} runs.`,
    ...groups.map((group) => renderGroup(group)),
    renderCircumstances(ran),
  ].join('\n\n');
}

function renderProbe({ ran, runs, groups }: Of<'probe'>): string {
  const title = '## One run of the probe';
  // What starts it here is larger than it is, and a process begins with the memory of the one that starts it.
  const lighter = groups.map((group) => renderGroup(group, ['wall', 'cpu']));
  return [
    title,
    `Medians of ${runs} runs, beside \`/bin/true\` in the same container.`,
    ...lighter,
    renderCircumstances(ran),
  ].join('\n\n');
}

function renderEdits({ ran, size, uses, counts, scores }: Of<'edits'>): string {
  const rows = Object.entries(scores).map(
    ([name, { old, found, wrong }]) => `| ${name} | ${found} of ${old} | ${wrong} |`,
  );
  return [
    `## How often it is right, ${formatCount(size)} workloads`,
    `After ${counts.key} edits of a key, ${counts.label} of a label and ${counts.back} that were taken back: which of ${formatCount(uses)} uses are of old content.`,
    `| | old, and found | said to be old, and not |\n|---|---:|---:|\n${rows.join('\n')}`,
    renderCircumstances(ran),
  ].join('\n\n');
}

/** A group as a table, ratios to its last row. */
function renderGroup({ title, rows }: Group, measures: readonly Measure[] = MEASURES): string {
  const base = rows.at(-1);
  const hasTraffic = rows.some(({ traffic }) => traffic !== undefined);
  const lines = rows.map(({ name, cost, traffic }) => {
    const cells = measures.map((measure) => {
      const ratio =
        base === undefined || name === base.name ? '' : ` (${(cost[measure] / base.cost[measure]).toFixed(2)})`;
      return `${measure === 'memory' ? `${cost.memory.toFixed(0)} MiB` : formatSeconds(cost[measure])}${ratio}`;
    });
    const asked = traffic ? [formatCount(traffic.requests), formatBytes(traffic.received)] : hasTraffic ? ['', ''] : [];
    return `| ${asCode(name)} | ${[...cells, ...asked].join(' | ')} |`;
  });
  const columns = [...measures.map((measure) => MEASURE_NAMES[measure]), ...(hasTraffic ? ['requests', 'bytes'] : [])];
  const heading = title === '' ? '' : `${title[0]?.toUpperCase()}${title.slice(1)}:\n\n`;
  return `${heading}| | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:|').join('')}\n${lines.join('\n')}`;
}

function renderCircumstances({ command, date, machine, load, versions }: Circumstances): string {
  return `\`${command}\` on ${date}: ${machine}, load ${load.toFixed(1)}; ${versions}.`;
}

function asCode(name: string): string {
  return /^(kubectl|\/)/.test(name) ? `\`${name}\`` : name;
}

function formatSeconds(seconds: number): string {
  return seconds < 0.1
    ? `${(seconds * 1000).toFixed(1)} ms`
    : seconds < 1
      ? `${(seconds * 1000).toFixed(0)} ms`
      : `${seconds.toFixed(2)} s`;
}

function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}
