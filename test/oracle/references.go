package main

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// referencedNames are sorted and unique; both are empty lists, never null, when there are none.
type referencedNames struct {
	ConfigMaps []string `json:"configmaps"`
	Secrets    []string `json:"secrets"`
}

// references names the objects that Kubernetes counts as referenced by a pod, in every kind of container.
func references(line []byte) (any, error) {
	var pod corev1.Pod
	if err := json.Unmarshal(line, &pod); err != nil {
		return nil, err
	}
	configMaps, secrets := sets.New[string](), sets.New[string]()
	collect := func(into sets.Set[string]) podutil.Visitor {
		return func(name string) bool {
			into.Insert(name)
			return true
		}
	}
	podutil.VisitPodConfigmapNames(&pod, collect(configMaps))
	podutil.VisitPodSecretNames(&pod, collect(secrets))
	return referencedNames{ConfigMaps: sets.List(configMaps), Secrets: sets.List(secrets)}, nil
}
