//go:build !linux

package doctor

import "runtime"

const noModes = runtime.GOOS == "windows"

// volume cannot be told here: BitLocker and FileVault answer administrators only.
func (p Probes) volume() Finding {
	return Finding{
		Subject: "volume of " + p.DataDir, State: Unknown, Detail: "this system does not say whether it is encrypted",
		Help: "Look in the settings of BitLocker or FileVault.",
	}
}

func synchronised() (state, detail string) {
	return string(Unknown), "this system does not say whether its clock is kept right"
}
