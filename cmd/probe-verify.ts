import type { Cluster } from '../src/cluster/cluster.ts';
import { readPods } from '../src/cluster/read-pods.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import { listMeant } from '../src/graph/select.ts';
import { PROBE_ANNOTATION, PROGRAM } from '../src/name.ts';
import type { JsonObject } from '../src/objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../src/objects/json.ts';
import { isSameObject, objectKey } from '../src/objects/object-key.ts';
import { runsProbe } from '../src/probe/eject.ts';
import { findBaseline, readExplanation, readWatched } from '../src/probe/explanation.ts';
import type { ProbedRecord } from '../src/probe/record.ts';
import { parseRecord } from '../src/probe/record.ts';
import { unescapeDollars } from '../src/probe/source.ts';
import type { PodObject, Workload } from '../src/types.ts';
import { formatObject } from '../src/view/object-name.ts';
import type { ProbeSight } from '../src/view/probe-verdict.ts';
import { renderProbeSight } from '../src/view/probe-verdict.ts';
import { renderReport } from '../src/view/report.ts';
import type { GlobalFlags } from './flags.ts';
import { readScope } from './read-cluster.ts';
import { runInContainer } from './run-in-container.ts';
import type { Streams } from './streams.ts';

/** Flags of `probe verify`. */
export interface ProbeVerifyFlags {
  output: 'text' | 'json' | 'yaml';
}

/** Asks the probe in a live pod of each workload what it sees. */
export async function runProbeVerify(
  words: string[],
  flags: ProbeVerifyFlags & GlobalFlags,
  streams: Streams,
): Promise<ExitCode> {
  const { cluster, graph, selection, namespace } = await readScope(words, flags, streams);
  try {
    const meant = new Set(listMeant(graph, selection).map(objectKey));
    const workloads = graph.workloads.filter((one) => meant.has(objectKey(one.ref)) && isInjected(one));
    const named = selection.named.find((ref) => !workloads.some((one) => isSameObject(one.ref, ref)));
    if (named !== undefined || workloads.length === 0) {
      throw new ReloadError(
        named === undefined ? 'no workload here has the probe' : `${formatObject(named)} does not have the probe`,
        {
          hint: `${PROGRAM} probe inject puts it in.`,
        },
      );
    }
    const sights = (await Promise.all(workloads.map((one) => look(cluster, one, streams)))).flat();
    if (flags.output === 'text') {
      const options = { showNamespace: namespace === '', now: streams.now().getTime() };
      for (const sight of sights) streams.stdout.write(renderProbeSight(sight, options));
    } else streams.stdout.write(await renderReport('ProbeReport', sights, flags.output));
    if (sights.some(({ isRefused }) => isRefused)) return ExitCode.refused;
    return sights.every(({ verdict }) => verdict === 'current') ? ExitCode.ok : ExitCode.no;
  } finally {
    cluster.close();
  }
}

/** What a probe sees; `isRefused` when this user may not ask it. */
type Sight = ProbeSight & { isRefused: boolean };

function isInjected({ templateAnnotations, pods }: Workload): boolean {
  return templateAnnotations[PROBE_ANNOTATION] !== undefined || pods.some((pod) => recordOf(pod) !== null);
}

function recordOf({ annotations }: PodObject): ProbedRecord[] | null {
  return parseRecord(annotations[PROBE_ANNOTATION] ?? '')?.containers ?? null;
}

async function look(cluster: Cluster, workload: Workload, { interrupted: signal }: Streams): Promise<Sight[]> {
  const pod = workload.pods.find((one) => recordOf(one) !== null && !one.deleting && one.phase === 'Running');
  const make = (container: string, seen: Partial<Sight>): Sight => ({
    workload: workload.ref,
    pod: pod?.ref.name ?? '-',
    container,
    verdict: 'unknown',
    message: '',
    startedAt: null,
    clock: '',
    hasBaseline: false,
    baseline: null,
    watches: [],
    isRefused: false,
    ...seen,
  });
  if (pod === undefined) return [make('-', { message: 'no pod with the probe runs' })];
  const { namespace, name } = pod.ref;
  const raw = (await readPods(cluster, [pod.ref], signal)).get(objectKey(pod.ref));
  const spec = readObject(isJsonObject(raw) ? raw : undefined, 'spec');
  const status = readObject(isJsonObject(raw) ? raw : undefined, 'status');
  const told = ['initContainerStatuses', 'containerStatuses'].flatMap((field) => readObjects(status, field));
  const containers = ['initContainers', 'containers'].flatMap((field) => readObjects(spec, field));

  async function ask({ name: container, field }: ProbedRecord): Promise<Sight> {
    const check = readObject(
      containers.find((one) => readText(one, 'name') === container),
      field,
    );
    const words = readObject(check, 'exec')?.['command'];
    if (!runsProbe(check) || !Array.isArray(words))
      return make(container, { message: 'its check is not the probe any more' });
    const [program = '', ...rest] = words.map((word: unknown) => unescapeDollars(String(word)));
    const end = rest.indexOf('--');
    const asked = [program, '--explain', ...(end === -1 ? rest : rest.slice(0, end))];
    const watches = readWatched(asked);
    const idle = describeIdle(told.find((one) => readText(one, 'name') === container));
    if (idle !== null) return make(container, { watches, message: idle });
    const result = await runInContainer(cluster, { namespace, pod: name, container, command: asked, signal });
    if (result.result === 'no-command')
      return make(container, { watches, message: `${program} does not run there: ${WHY_NOT}` });
    if (result.result !== 'ended') {
      return make(container, { watches, message: result.message, isRefused: result.result === 'refused' });
    }
    const explained = readExplanation(Buffer.from(result.stdout).toString('utf8'));
    if (explained === null)
      return make(container, { watches, message: `its answer is not known (exit code ${result.exitCode})` });
    return make(container, { watches, ...explained, baseline: findBaseline(asked) });
  }

  return Promise.all((recordOf(pod) ?? []).map(ask));
}

/** Why there is nothing to ask in a container; `null` while it runs, or nobody says. */
function describeIdle(status: JsonObject | undefined): string | null {
  const state = readObject(status, 'state');
  const at = ['waiting', 'terminated'].find((one) => readObject(state, one) !== undefined);
  if (at === undefined) return null;
  const reason = readText(readObject(state, at), 'reason');
  return `the container does not run${reason === '' ? '' : `: ${reason}`}`;
}

const WHY_NOT =
  'is its ConfigMap there, is it made for the architecture of the node, and, for the script, does the image have a shell?';
