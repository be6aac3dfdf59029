//go:build unix

// Package kill ends the real program at random moments while it writes, and looks at what is left: the store is clean, and what the
// program said it had kept is there.
package kill

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	kills  = 40
	budget = 12 * time.Second
	key    = "0707070707070707070707070707070707070707070707070707070707070707"
)

type place struct {
	t            *testing.T
	program, dir string
}

func (p *place) command(args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	c := exec.Command(p.program, args...)
	c.Dir = p.dir
	c.Env = []string{"C4ARCH_KEY=" + key, "XDG_CONFIG_HOME=" + p.dir, "PATH=" + os.Getenv("PATH")}
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	return c, &out, &errs
}

func (p *place) must(args ...string) []byte {
	p.t.Helper()
	c, out, errs := p.command(args...)
	if err := c.Run(); err != nil {
		p.t.Fatalf("%v: %v\n%s%s", args, err, out, errs)
	}
	return out.Bytes()
}

// cut runs a command and ends it after a time; it returns what was printed by one that came to its end before.
func (p *place) cut(after time.Duration, args ...string) (out []byte, whole bool) {
	p.t.Helper()
	c, stdout, errs := p.command(args...)
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	err := c.Wait()
	timer.Stop()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		p.t.Fatalf("%v ended by itself: %v\n%s%s", args, err, stdout, errs)
	}
	return stdout.Bytes(), err == nil
}

// export writes an inventory that is another one each time.
func (p *place) export(n int) {
	p.t.Helper()
	var b strings.Builder
	b.WriteString(`{"data":[`)
	for i := range 40 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st%d",`+
			`"name":"st%d","type":"microsoft.storage/storageaccounts","resourceGroup":"rg","properties":{"n":%d}}`, i, i, n*(i%3))
	}
	b.WriteString(`]}`)
	if err := os.WriteFile(filepath.Join(p.dir, "azure.json"), []byte(b.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) ids(args ...string) map[string]bool {
	p.t.Helper()
	var list []struct{ ID string }
	if err := json.Unmarshal(p.must(args...), &list); err != nil {
		p.t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, x := range list {
		ids[x.ID] = true
	}
	return ids
}

func (p *place) fsck() {
	p.t.Helper()
	var c struct{ Faults []string }
	if err := json.Unmarshal(p.must("fsck", "--json"), &c); err != nil || len(c.Faults) > 0 {
		p.t.Fatalf("%v: %q", err, c.Faults)
	}
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "c4arch")
	if out, err := exec.Command("go", "build", "-o", program, "c4arch/cmd/c4arch").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func TestKilled(t *testing.T) {
	p := &place{t: t, program: build(t), dir: t.TempDir()}
	p.must("init")
	p.export(0)
	// How long each command takes here when nobody ends it, so that the moments lie within.
	began := time.Now()
	p.must("scan", "azure.json", "--format", "json", "-q")
	scan := time.Since(began)
	began = time.Now()
	p.must("baseline", "approve", "--by", "platform-team", "--reason", "as built")
	approve := time.Since(began)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	moment := func(d time.Duration) time.Duration { return d/5 + time.Duration(r.Int64N(int64(d))) }
	scans, approved := p.ids("history", "--json"), p.ids("baseline", "list", "--json")
	cutOff, came := 0, 0
	for n := 1; n <= kills && time.Since(began) < budget; n++ {
		p.export(n)
		if out, whole := p.cut(moment(scan), "scan", "azure.json", "--format", "json", "--json"); whole {
			var e struct{ Recorded string }
			if err := json.Unmarshal(out, &e); err != nil || e.Recorded == "" {
				t.Fatalf("%v: %s", err, out)
			}
			scans[e.Recorded] = true
			came++
		} else {
			cutOff++
		}
		out, whole := p.cut(moment(approve), "baseline", "approve", "--by", "platform-team", "--reason", fmt.Sprint("round ", n), "--json")
		if whole {
			var a struct{ ID string }
			if err := json.Unmarshal(out, &a); err != nil {
				t.Fatal(err)
			}
			approved[a.ID] = true
			came++
		} else {
			cutOff++
		}
		if n%8 == 0 {
			p.cut(moment(approve), "gc")
			p.fsck()
		}
	}
	p.fsck()
	if cutOff == 0 || came == 0 {
		t.Fatalf("%d were cut off and %d came to an end: nothing was tried", cutOff, came)
	}
	now := p.ids("baseline", "list", "--json")
	for id := range approved {
		if !now[id] {
			t.Errorf("the baseline %s was acknowledged and is gone", id)
		}
		p.must("baseline", "show", id, "--json")
	}
	kept := p.ids("history", "--json")
	for id := range scans {
		if !kept[id] {
			t.Errorf("the scan %s was acknowledged and is gone", id)
		}
		p.must("show", id, "--json")
	}
	t.Logf("%d cut off, %d whole; %d scans and %d baselines are there", cutOff, came, len(kept), len(now))
}
