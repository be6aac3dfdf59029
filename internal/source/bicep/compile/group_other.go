//go:build !unix

package compile

import (
	"os"
	"os/exec"
)

// alone does nothing here: without process groups, what the command starts may outlive it by what it still has to do.
func alone(cmd *exec.Cmd) { cmd.Cancel = func() error { return end(cmd.Process) } }

// end ends a process.
func end(p *os.Process) error { return p.Kill() }
