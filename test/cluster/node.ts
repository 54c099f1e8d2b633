import { join } from 'node:path';
import { busyboxImages, findStaticBusybox } from './busybox.ts';
import { writeImages } from './image.ts';
import { writeNodeConfig } from './node-config.ts';
import { findProgram } from './path.ts';
import { findFreePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import { SetupError } from './setup-error.ts';

/** Name of the real node: with it the API server reaches the kubelet over loopback, see `control-plane.ts`. */
export const nodeName = '127.0.0.1';

/** What a node needs to know. */
export interface NodeOptions {
  state: string;
  bin: string;
  networkKey: number;
  syncFrequencySeconds: number;
}

/** Throws a SetupError when this machine cannot run a real node, with what it lacks. */
export function requireNode(): void {
  if (process.platform !== 'linux') throw new SetupError('A real test node runs on Linux only.');
  if (process.getuid?.() !== 0) throw new SetupError('A real test node starts containers and has to be run as root.');
  findRunc();
  findStaticBusybox();
  for (const name of ['unshare', 'setpriv', 'mount']) {
    if (findProgram(name) === undefined) {
      throw new SetupError(`${name} is needed for the test node: apt-get install util-linux mount.`);
    }
  }
}

/** Starts containerd and a kubelet in namespaces of their own; the node registers itself some seconds later. */
export async function startNode(options: NodeOptions, processes: Processes): Promise<void> {
  const { state, bin } = options;
  const [kubeletPort = 0] = await findFreePorts(1);
  writeNodeConfig({ ...options, kubeletPort, runc: findRunc() });
  writeImages(join(state, 'images.tar'), busyboxImages());
  const namespaces = ['--fork', '--kill-child', '--pid', '--mount-proc', '--mount', '--propagation=private'];
  const init = join(import.meta.dirname, 'node-init.sh');
  processes.start('node', ['unshare', ...namespaces, 'sh', init, state, bin]);
}

function findRunc(): string {
  const file = findProgram('runc');
  if (file !== undefined) return file;
  throw new SetupError('runc is needed to start the containers of the test node: apt-get install runc.');
}
