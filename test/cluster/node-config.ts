import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the configuration files of a node depend on. */
export interface NodeSettings {
  state: string;
  bin: string;
  /** Path of runc. */
  runc: string;
  kubeletPort: number;
  /** Distinguishes the pod networks of clusters on one machine: a port that no other cluster has. */
  networkKey: number;
  syncFrequencySeconds: number;
}

const overlayfs = 0x794c7630;

/** Writes the files which `node-init.sh` names: configuration of the kubelet, of containerd and of the pod network. */
export function writeNodeConfig(settings: NodeSettings): void {
  const { state } = settings;
  for (const folder of ['cni', 'run', 'kubelet']) mkdirSync(join(state, folder), { recursive: true });
  writeFileSync(join(state, 'kubelet.json'), JSON.stringify(kubeletConfig(settings), null, 2));
  writeFileSync(join(state, 'containerd.toml'), containerdConfig(settings));
  writeFileSync(join(state, 'cni', '10-test.conflist'), JSON.stringify(networkConfig(settings), null, 2));
}

function kubeletConfig({ state, kubeletPort, syncFrequencySeconds }: NodeSettings): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port: kubeletPort,
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${state}/run/containerd.sock`,
    syncFrequency: `${syncFrequencySeconds}s`,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    resolvConf: '',
    podLogsDir: join(state, 'pod-logs'),
    volumePluginDir: join(state, 'volume-plugins'),
    // Everything below lets a kubelet share a machine with other work, in whatever cgroup and on whatever disk.
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    makeIPTablesUtilChains: false,
    evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    maxPods: 200,
    serializeImagePulls: false,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
  };
}

function containerdConfig({ state, bin, runc }: NodeSettings): string {
  // An overlay cannot lie on an overlay, which is what a container's own disk usually is.
  const snapshotter = statfsSync(state).type === overlayfs ? 'native' : 'overlayfs';
  return `version = 3
root = "${state}/containerd"
state = "${state}/run/containerd"

[grpc]
  address = "${state}/run/containerd.sock"
[ttrpc]
  address = "${state}/run/containerd.sock.ttrpc"

[plugins."io.containerd.internal.v1.opt"]
  path = "${state}/containerd/opt"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "${snapshotter}"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "docker.io/local/pause:1"

[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${bin}"]
    conf_dir = "${state}/cni"
    use_internal_loopback = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    runtime_path = "${bin}/containerd-shim-runc-v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "${runc}"
      SystemdCgroup = false
`;
}

function networkConfig({ state, networkKey }: NodeSettings): unknown {
  const subnet = `10.${128 + ((networkKey >> 8) & 0x7f)}.${networkKey & 0xff}.0/24`;
  return {
    cniVersion: '1.0.0',
    name: 'kubectl-reload-test',
    plugins: [
      {
        type: 'ptp',
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: join(state, 'cni-addresses'),
        },
      },
    ],
  };
}
