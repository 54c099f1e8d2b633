import { gzipSync } from 'node:zlib';
import { readProbeFiles } from '../cmd/probe-files.ts';

/** What a built program carries for `probe inject`, and unpacks again in `cmd/probe-files.ts`. */
export async function embedProbe(): Promise<string> {
  return gzipSync(JSON.stringify(await readProbeFiles('probe'))).toString('base64');
}
