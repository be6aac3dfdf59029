package doctor

import (
	"path/filepath"
	"testing"
)

// TestStackOfDevices lays out /sys as Linux does for a disk, a LUKS volume, a logical volume on LUKS, and one on two disks of which one is not encrypted.
func TestStackOfDevices(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "disk/size"), "1")
	put(t, filepath.Join(root, "luks/dm/uuid"), "CRYPT-LUKS2-0123-x\n")
	put(t, filepath.Join(root, "lvm/dm/uuid"), "LVM-abc\n")
	put(t, filepath.Join(root, "lvm/slaves/dm-0/dm/uuid"), "CRYPT-LUKS2-0123-x\n")
	put(t, filepath.Join(root, "mixed/slaves/dm-0/dm/uuid"), "CRYPT-LUKS2-0123-x\n")
	put(t, filepath.Join(root, "mixed/slaves/sda/size"), "1")
	put(t, filepath.Join(root, "empty/slaves/.keep"), "")
	deep := filepath.Join(root, "deep")
	for range maxStack + 2 {
		deep = filepath.Join(deep, "slaves", "x")
	}
	put(t, filepath.Join(deep, "size"), "1")
	for dev, want := range map[string]string{"disk": "false", "luks": "true", "lvm": "true", "mixed": "false", "none": "error", "deep": "error"} {
		crypt, err := encrypted(filepath.Join(root, dev), 0)
		got := map[bool]string{true: "true", false: "false"}[crypt]
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %s, want %s (%v)", dev, got, want, err)
		}
	}
}

func TestMountedFrom(t *testing.T) {
	p := Probes{System: t.TempDir()}
	put(t, filepath.Join(p.System, "proc/self/mountinfo"), "22 1 0:31 / /data\\040x rw - btrfs /dev/mapper/my\\040disk rw\n23 1 0:32 / /tmp rw - tmpfs tmpfs rw\nnonsense\n")
	if got, err := p.mountedFrom("0:31"); err != nil || got != "/dev/mapper/my disk" {
		t.Errorf("%q, %v", got, err)
	}
	for _, none := range []string{"0:32", "0:99"} {
		if got, err := p.mountedFrom(none); err == nil {
			t.Errorf("%s: %q", none, got)
		}
	}
}
