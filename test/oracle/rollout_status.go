package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// rolloutAnswer holds what `kubectl rollout status` would print, whether it would stop waiting, and why it would fail.
type rolloutAnswer struct {
	Message string `json:"message"`
	Done    bool   `json:"done"`
	Error   string `json:"error"`
}

func rolloutStatus(line []byte) (any, error) {
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(line); err != nil {
		return nil, err
	}
	viewer, err := polymorphichelpers.StatusViewerFor(object.GroupVersionKind().GroupKind())
	if err != nil {
		return nil, err
	}
	// Revision 0: the newest.
	message, done, err := viewer.Status(&object, 0)
	if err != nil {
		return rolloutAnswer{Message: message, Done: done, Error: err.Error()}, nil
	}
	return rolloutAnswer{Message: message, Done: done}, nil
}
