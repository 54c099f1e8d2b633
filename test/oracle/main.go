// Command oracle says what Kubernetes' own code says about objects, for tests to compare with.
//
// Each line of standard input is one JSON object, each line of standard output is the answer to it:
//
//	oracle references      a Pod, or anything with a PodSpec under spec -> {"configmaps":[...],"secrets":[...]}
//	oracle rollout-status  a Deployment, StatefulSet or DaemonSet       -> {"message":"...","done":false,"error":""}
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// answer turns one line of input into the value to print.
type answer func(line []byte) (any, error)

func main() {
	subcommands := map[string]answer{"references": references, "rollout-status": rolloutStatus}
	if len(os.Args) != 2 || subcommands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: oracle references | rollout-status")
		os.Exit(2)
	}
	if err := answerLines(os.Stdin, os.Stdout, subcommands[os.Args[1]]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

// answerLines flushes after each line, so that a caller can ask one question after another.
func answerLines(in io.Reader, out io.Writer, ask answer) error {
	reader := bufio.NewReader(in)
	encoder := json.NewEncoder(out)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 1 {
			value, err := ask(line)
			if err != nil {
				return err
			}
			if err := encoder.Encode(value); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
