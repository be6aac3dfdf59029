//go:build unix

package compile

import (
	"os"
	"os/exec"
	"syscall"
)

// alone gives the command a process group of its own, so that what it starts ends with it.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return end(cmd.Process) }
}

// end ends a process and its group.
func end(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
