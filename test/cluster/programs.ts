/** Which part of a cluster needs a program: parts that nobody asked for are not built. */
export type ProgramGroup = 'control-plane' | 'node' | 'fake-nodes';

/** A program built from a Go module whose versions are pinned in `go/<folder>/go.mod`. */
export interface Program {
  name: string;
  group: ProgramGroup;
  /** Folder under `go/` that holds the go.mod and go.sum. */
  folder: string;
  /** Go import path of the program. */
  package: string;
  tags?: string;
  ldflags: string;
  /** What to tell somebody who waits for the first build. */
  firstBuild: string;
}

/** The version that the built Kubernetes programs report; the same as in `go/kubernetes/go.mod`. */
export const kubernetesVersion = 'v1.36.3';

const stripped = '-s -w';

// Without these, kubectl and the API server say v0.0.0-master, and clients that compare versions misbehave.
const stamped = [
  stripped,
  `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=36',
  '-X k8s.io/component-base/version.gitTreeState=archive',
].join(' ');

const kubernetes = (name: string, group: ProgramGroup, firstBuild: string): Program => ({
  name,
  group,
  folder: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: stamped,
  firstBuild,
});

const containerd = (name: string): Program => ({
  name,
  group: 'node',
  folder: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  tags: 'no_btrfs,no_devmapper,no_zfs',
  ldflags: stripped,
  firstBuild: name === 'containerd' ? 'about 2 minutes' : 'seconds',
});

const cni = (name: string, kind: 'main' | 'ipam'): Program => ({
  name,
  group: 'node',
  folder: 'cni',
  package: `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
  ldflags: stripped,
  firstBuild: 'seconds',
});

/** Every program, in the order in which they are built: the control plane is usable first. */
export const programs: readonly Program[] = [
  kubernetes('kube-apiserver', 'control-plane', 'about 6 minutes on 2 cores'),
  {
    name: 'etcd',
    group: 'control-plane',
    folder: 'etcd',
    package: 'go.etcd.io/etcd/server/v3',
    ldflags: stripped,
    firstBuild: 'half a minute',
  },
  kubernetes('kubectl', 'control-plane', 'half a minute'),
  kubernetes('kube-controller-manager', 'control-plane', 'about 2 minutes'),
  kubernetes('kube-scheduler', 'control-plane', 'seconds'),
  containerd('containerd'),
  containerd('containerd-shim-runc-v2'),
  containerd('ctr'),
  cni('ptp', 'main'),
  cni('host-local', 'ipam'),
  kubernetes('kubelet', 'node', 'about a minute'),
  {
    name: 'kwok',
    group: 'fake-nodes',
    folder: 'kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    ldflags: stripped,
    firstBuild: 'about 2 minutes',
  },
  {
    name: 'kwok-stages',
    group: 'fake-nodes',
    folder: 'kwok',
    package: '.',
    ldflags: stripped,
    firstBuild: 'seconds',
  },
];

/** Programs that a `KUBEBUILDER_ASSETS` directory may already hold. */
export const assetPrograms: readonly string[] = ['etcd', 'kube-apiserver', 'kubectl'];
