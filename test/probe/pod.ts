import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './atomic-volume.ts';
import { AtomicVolume } from './atomic-volume.ts';
import { temporaryFolder } from './build-probe.ts';

/** An image and how the probe is started in it. */
export interface Form {
  readonly name: string;
  readonly kind: 'script' | 'binary';
  /** What is mounted for the image and the probe: path on this machine -> path in the container. */
  readonly mounts: readonly (readonly [string, string])[];
  /** /bin and /lib are links into /usr. */
  readonly mergedUsr?: boolean;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program that makes and enters containers. */
  readonly container: string;
}

/** How one container is started, where a test wants it otherwise. */
export interface StartOptions {
  /** More mounts: subPath copies; a target `rw:/path` is writable. */
  readonly mounts?: readonly (readonly [string, string])[];
  /** Only these instead of the form's own. */
  readonly image?: Pick<Form, 'mounts' | 'mergedUsr'>;
  /** Where the termination log is mounted. */
  readonly terminationLog?: string;
  /** No file is mounted as termination log. */
  readonly noTerminationLog?: boolean;
  /** The termination log is on a file system that keeps no birth times. */
  readonly noBirth?: boolean;
  /** There is no /dev/fd. */
  readonly noDevFd?: boolean;
  /** Another folder than the Pod's on /dev/shm; null for none at all. */
  readonly sharedMemory?: string | null;
  readonly name?: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly user?: number;
  readonly noStatx?: boolean;
}

export interface Answer {
  readonly code: number;
  readonly said: string;
}

const swapForEver = `
  n=500000000 old=$(readlink ..data)
  until [ -e ../stop ]; do
    n=$((n + 1)) new=..2026_01_01_00_00_00.$n
    cp -r "$old" "$new"
    ln -s "$new" ..data_tmp
    mv -T ..data_tmp ..data
    rm -r "$old"
    old=$new
    printf .
  done`;

/** A Pod on this machine: volumes, /dev/shm, and container instances one after another, as the kubelet makes them. */
export class Pod {
  readonly form: Form;
  readonly folder = temporaryFolder('probe-pod-');
  readonly uid: string;
  #instances = 0;
  readonly #holders: ChildProcess[] = [];
  readonly #volumes: (readonly [string, string])[] = [];

  constructor(form: Form, uid = '0000000a-1b2c-4d3e-8f90-0123456789ab') {
    this.form = form;
    this.uid = uid;
    chmodSync(this.folder, 0o755);
    mkdirSync(this.sharedMemory);
    chmodSync(this.sharedMemory, 0o1777);
  }

  /** What all containers of the Pod see as /dev/shm. */
  get sharedMemory(): string {
    return join(this.folder, 'shm');
  }

  /** A volume that is mounted as a whole at this path. */
  volume(path: string, files: Files): AtomicVolume {
    const volume = new AtomicVolume(join(this.folder, `volume-${this.#volumes.length}`), files);
    this.#volumes.push([volume.folder, path]);
    return volume;
  }

  /** A folder of this machine that is mounted at this path. */
  mount(from: string, path: string): void {
    this.#volumes.push([from, path]);
  }

  /** Starts a container instance: its termination log is born after every swap until now, and before every later one. */
  async start(options: StartOptions = {}): Promise<Container> {
    this.tick();
    this.#instances += 1;
    const id = (0xabc00000 + this.#instances).toString(16);
    const name = options.name ?? 'app';
    const kubelet = join(this.folder, 'kubelet');
    const logs = join(kubelet, 'pods', this.uid, 'containers', name);
    const log = join(logs, id);
    mkdirSync(kubelet, { recursive: true });
    if (!options.noTerminationLog && !options.noBirth) {
      mkdirSync(logs, { recursive: true });
      writeFileSync(log, '');
      chmodSync(log, 0o666);
    }
    const root = join(this.folder, `root-${this.#instances}`);
    mkdirSync(root);
    const image = options.image ?? this.form;
    const shared = options.sharedMemory === undefined ? this.sharedMemory : options.sharedMemory;
    const mounts = [
      ...image.mounts,
      ...this.#volumes,
      ...(shared === null ? [] : [[shared, 'rw:/dev/shm'] as const]),
      ...(options.mounts ?? []),
    ];
    const holder = spawn(this.form.container, ['make', root, options.noTerminationLog ? '' : log, ...mounts.flat()], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...(options.terminationLog === undefined ? {} : { TERMINATION_LOG: options.terminationLog }),
        ...(image.mergedUsr ? { MERGED_USR: '1' } : {}),
        ...(options.noDevFd ? { NO_DEV_FD: '1' } : {}),
        ...(options.noBirth ? { RAM_LOGS: kubelet } : {}),
      },
    });
    this.#holders.push(holder);
    await new Promise<void>((resolve, reject) => {
      let errors = '';
      holder.stderr.on('data', (chunk) => {
        errors += chunk;
      });
      holder.stdout.once('data', () => resolve());
      holder.once('exit', () => reject(new Error(errors)));
    });
    this.tick();
    return new Container(this, holder.pid ?? 0, id, log);
  }

  /** Waits until the kernel's clock, which dates files, has gone on. */
  tick(): void {
    const file = join(this.folder, 'tick');
    const time = () => {
      writeFileSync(file, '');
      return lstatSync(file, { bigint: true }).mtimeNs;
    };
    const before = time();
    while (time() === before) {
      // a few milliseconds at most
    }
  }

  /** Swaps a volume without a pause, always with the same content. */
  keepSwapping(volume: AtomicVolume): { readonly swaps: () => number; readonly stop: () => Promise<void> } {
    const swapper = spawn('/bin/sh', ['-ec', swapForEver], { cwd: volume.folder, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#holders.push(swapper);
    let swaps = 0;
    swapper.stdout.on('data', (chunk: Buffer) => {
      swaps += chunk.length;
    });
    const ended = new Promise<void>((resolve) => {
      swapper.on('close', () => resolve());
    });
    return {
      swaps: () => swaps,
      stop: () => {
        writeFileSync(join(this.folder, 'stop'), '');
        return ended;
      },
    };
  }

  /** Files of the probe in /dev/shm. */
  get kept(): string[] {
    return readdirSync(this.sharedMemory).sort();
  }

  stop(): void {
    for (const holder of this.#holders) holder.stdin?.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One instance of the Pod's container. */
export class Container {
  readonly id: string;
  readonly #pod: Pod;
  readonly #holder: number;
  readonly #log: string;

  constructor(pod: Pod, holder: number, id: string, log: string) {
    this.#pod = pod;
    this.#holder = holder;
    this.id = id;
    this.#log = log;
  }

  /** Runs the probe as the kubelet does: user 65534 and no capability, unless a test says otherwise. */
  probe(args: readonly string[], options: RunOptions = {}): Answer {
    return this.exec([...this.#pod.form.command, ...args], options);
  }

  /** What runs a command in here, as this machine has to start it. */
  commandOf(command: readonly string[], { user = 65534, noStatx = false }: RunOptions = {}): string[] {
    return [
      this.#pod.form.container,
      'run',
      String(this.#holder),
      ...(noStatx ? ['no-statx'] : []),
      String(user),
      ...command,
    ];
  }

  exec(command: readonly string[], options: RunOptions = {}): Answer {
    const { env = {} } = options;
    const [program = '', ...args] = this.commandOf(command, options);
    const { status, signal, stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', ...this.#pod.form.env, ...env },
      timeout: 60_000,
      maxBuffer: 1 << 26,
    });
    if (status === null) throw new Error(`the probe ended with ${signal}: ${stdout}${stderr}`);
    return { code: status, said: stdout + stderr };
  }

  /** What the kubelet would put into lastState.terminated.message. */
  get terminationLog(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** Nobody may read or write the termination log any more. */
  refuseLog(): void {
    chmodSync(this.#log, 0);
  }

  /** What the application writes to its termination log. */
  set terminationLog(text: string) {
    writeFileSync(this.#log, text);
  }
}
