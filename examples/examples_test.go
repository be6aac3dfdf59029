package examples

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// TestChanged compares with what sed makes of the script.
func TestChanged(t *testing.T) {
	before, err := Contoso()
	if err != nil {
		t.Fatal(err)
	}
	after, err := ContosoChanged()
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	for i := range before {
		if before[i].Name != after[i].Name {
			t.Fatalf("%s became %s", before[i].Name, after[i].Name)
		}
		if bytes.Equal(before[i].Data, after[i].Data) {
			continue
		}
		differ++
		if n := bytes.Count(before[i].Data, []byte("\n")); n != bytes.Count(after[i].Data, []byte("\n")) || before[i].Name != changedFile {
			t.Errorf("%s has other lines", before[i].Name)
		}
		want, err := exec.CommandContext(t.Context(), "sed", "-f", changesFile, before[i].Name).Output()
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip("sed does not run: ", err)
		}
		if !bytes.Equal(want, after[i].Data) {
			t.Error("sed makes something else of the script")
		}
	}
	if differ != 1 {
		t.Errorf("%d files were changed", differ)
	}
}

func TestEdits(t *testing.T) {
	got, err := edited("a\nx=1\nend\nx=1\na\nx=1\n", "# said\n\n/a/,/end/ s|x=1|x=2|\n")
	if want := "a\nx=2\nend\nx=1\na\nx=2\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := edited("a", "s/a/b/"); err == nil {
		t.Error("a line of another form is taken")
	}
}
