#!/bin/sh
# The first process of a test node, in a pid and a mount namespace of its own: when it is killed, the kernel ends every
# container and undoes every mount of the node. Usage: node-init.sh STATE BIN
set -eu
state=$1
bin=$2

# The kubelet wants shared mounts; these are shared only within the new namespace.
mount --make-rshared /
# Paths that cannot be configured: sockets of the shims, runc's state, results of network plugins, links to logs.
mount -t tmpfs tmpfs /run
for folder in /var/lib/cni /var/log/containers; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done

# The kubelet and the network plugin change settings of the kernel, which has no namespaces for them: let them change a
# copy, so that a test cannot make the machine reboot on an oops, or turn it into a router.
mkdir "$state/sysctl"
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys \
  kernel/keys/root_maxbytes net/ipv4/ip_forward; do
  copy=$state/sysctl/${setting##*/}
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done

"$bin/containerd" --config "$state/containerd.toml" >>"$state/logs/containerd.log" 2>&1 &
containerd=$!
socket=$state/run/containerd.sock
until "$bin/ctr" -a "$socket" version >/dev/null 2>&1; do
  kill -0 "$containerd"
  sleep 0.1
done
"$bin/ctr" -a "$socket" -n k8s.io images import --local "$state/images.tar"

"$bin/kubelet" --config="$state/kubelet.json" --kubeconfig="$state/kubeconfig" --hostname-override=127.0.0.1 \
  --root-dir="$state/kubelet" --cert-dir="$state/kubelet/pki" >>"$state/logs/kubelet.log" 2>&1 &
# The shell also reaps what the shims leave to it, as the first process of a namespace must.
wait "$!"
