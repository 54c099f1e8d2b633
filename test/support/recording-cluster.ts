import type { IncomingMessage } from 'node:http';
import { constants, gunzipSync } from 'node:zlib';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { ClusterProxy } from './cluster-proxy.ts';
import { startClusterProxy } from './cluster-proxy.ts';

/** A request that went to the API server, and as much of its answer as has come. */
export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  /** What it asked to be sent. */
  accept: string;
  status: number;
  /** The text of the body, unpacked. */
  body(): string;
}

/** A cluster whose every request and answer is kept. */
export interface RecordingCluster extends ClusterProxy {
  exchanges: Exchange[];
}

/** Starts a proxy that keeps all that passes. */
export async function startRecordingCluster(cluster: ClusterDescription): Promise<RecordingCluster> {
  const exchanges: Exchange[] = [];
  const proxy = await startClusterProxy(cluster, {
    watch(message, answer) {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      const url = new URL(message.url ?? '/', 'http://unused');
      exchanges.push({
        method: message.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        accept: message.headers.accept ?? '',
        status: answer.statusCode ?? 0,
        body: () => unpack(answer, Buffer.concat(chunks)),
      });
    },
  });
  return Object.assign(proxy, { exchanges });
}

function unpack({ headers }: IncomingMessage, bytes: Buffer): string {
  if (headers['content-encoding'] !== 'gzip') return bytes.toString();
  // Of an answer that still goes on the end is missing.
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}
