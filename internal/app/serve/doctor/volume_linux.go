package doctor

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const noModes = false

// volume says whether the device below the data directory is encrypted by dm-crypt, which LUKS is. That it is not says nothing about a disk that a cloud or a
// controller encrypts below.
func (p Probes) volume() Finding {
	f := Finding{Subject: "volume of " + p.DataDir, State: Unknown, Help: "Put the data directory on a volume that LUKS or the platform encrypts; where the platform does, its own console says so."}
	major, minor, err := p.device()
	if err != nil {
		f.Detail = "its device cannot be found: " + err.Error()
		return f
	}
	dir := filepath.Join(p.System, "sys/dev/block", fmt.Sprintf("%d:%d", major, minor))
	switch crypt, err := encrypted(dir, 0); {
	case err != nil:
		f.Detail = "its device cannot be looked at: " + err.Error()
	case crypt:
		f.State, f.Detail, f.Help = OK, "encrypted by dm-crypt", ""
	default:
		f.Detail = "dm-crypt does not encrypt it; whether the platform does below is not known from here"
	}
	return f
}

// maxStack is how deep devices lie upon devices: volume on group on RAID on disk is four.
const maxStack = 8

// encrypted walks a stack of devices downwards: all that a device lies on must be encrypted (Linux, Documentation/ABI/stable/sysfs-block and testing/sysfs-block-dm).
func encrypted(dir string, depth int) (bool, error) {
	if depth > maxStack {
		return false, errors.New("devices lie too deep upon each other")
	}
	if _, err := os.Stat(dir); err != nil {
		return false, err
	}
	if uuid, err := os.ReadFile(filepath.Join(dir, "dm/uuid")); err == nil && strings.HasPrefix(string(uuid), "CRYPT-") {
		return true, nil
	}
	below, err := os.ReadDir(filepath.Join(dir, "slaves"))
	if err != nil || len(below) == 0 {
		return false, nil
	}
	for _, b := range below {
		if crypt, err := encrypted(filepath.Join(dir, "slaves", b.Name()), depth+1); err != nil || !crypt {
			return false, err
		}
	}
	return true, nil
}

// device finds the block device that holds the data directory. File systems such as btrfs name none of their own; what they were mounted from does.
func (p Probes) device() (major, minor uint64, err error) {
	info, err := os.Stat(p.DataDir)
	if err != nil {
		return 0, 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, errors.New("the system does not say")
	}
	major, minor = split(st.Dev)
	if major != 0 {
		return major, minor, nil
	}
	from, err := p.mountedFrom(fmt.Sprintf("%d:%d", major, minor))
	if err != nil {
		return 0, 0, err
	}
	info, err = os.Stat(filepath.Join(p.System, from))
	if err != nil {
		return 0, 0, err
	}
	if st, ok = info.Sys().(*syscall.Stat_t); !ok || info.Mode()&os.ModeDevice == 0 {
		return 0, 0, fmt.Errorf("%s is no device", from)
	}
	major, minor = split(st.Rdev)
	return major, minor, nil
}

// split reads a device number as glibc's gnu_dev_major and gnu_dev_minor do.
func split(d uint64) (major, minor uint64) {
	return d>>8&0xfff | d>>32&^0xfff, d&0xff | d>>12&^0xff
}

// mountedFrom reads proc_pid_mountinfo(5): the source stands second behind the lone dash.
func (p Probes) mountedFrom(device string) (string, error) {
	f, err := os.Open(filepath.Join(p.System, "proc/self/mountinfo"))
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	s := bufio.NewScanner(f)
	for s.Scan() {
		before, after, _ := strings.Cut(s.Text(), " - ")
		b, a := strings.Fields(before), strings.Fields(after)
		if len(b) > 4 && len(a) > 1 && b[2] == device && strings.HasPrefix(a[1], "/dev/") {
			return unescape(a[1]), nil
		}
	}
	return "", errors.Join(errors.New("its file system lies on no device of this machine (a network, memory or layers)"), s.Err())
}

// unescape reads the \040 that stands for a space there.
func unescape(s string) string {
	for i := 0; i+3 < len(s); i++ {
		if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); s[i] == '\\' && err == nil {
			s = s[:i] + string(rune(n)) + s[i+4:]
		}
	}
	return s
}

// synchronised asks the kernel whether somebody keeps its clock right: adjtimex(2), TIME_ERROR.
func synchronised() (state, detail string) {
	const timeError = 5
	var t syscall.Timex
	switch s, err := syscall.Adjtimex(&t); {
	case err != nil:
		return string(Unknown), "the kernel does not say: " + err.Error()
	case s == timeError:
		return string(Unknown), "nobody has told the kernel that its clock is right"
	}
	return string(OK), "kept right, says the kernel"
}
