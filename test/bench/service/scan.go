//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"c4arch/test/gen/estate"
	"c4arch/test/pg"
)

// write writes a Terraform state of n resources.
func write(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(estate.State(f, estate.Azure(n, 1)), f.Close())
}

var setupLink = regexp.MustCompile(`http\S*setup#code=\S+`)

// setUp logs in with the setup link, makes an organisation and a project, and logs in as the owner.
func setUp(ctx context.Context, s *server, dir string) (token string, err error) {
	log, err := os.ReadFile(s.log)
	if err != nil {
		return "", err
	}
	if _, _, _, err := command(ctx, dir, s.program, "login", "--setup", string(setupLink.Find(log))); err != nil {
		return "", err
	}
	out, _, _, err := command(ctx, dir, s.program, "organisation", "create", "contoso", "--name", "Contoso", "--owner-name", "Platform team", "--owner-email", "platform@contoso.example", "--json")
	if err != nil {
		return "", err
	}
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		return "", err
	}
	if err := login(ctx, dir, s, made.Token); err != nil {
		return "", err
	}
	_, _, _, err = command(ctx, dir, s.program, "project", "create", "shop", "--name", "Contoso shop")
	return made.Token, err
}

// hosted is a server that is scanned with.
type hosted struct {
	name string
	*server
	dir   string
	token string
	wall  []float64 // of the scan
	whole []float64 // with the model
}

// scans measures a scan from the command to its end: handed over, read, sealed, kept in the home with its entries of the ledger, and compared where there is a baseline. The
// service derives the model when somebody asks for it: the time until that has been read too is told by itself. Beside it is the command alone: with the model as JSON, and with a
// local history on top, which is the same keeping. Every scan is the first of a project, or of a history.
func scans(ctx context.Context, o options) error {
	if o.program == "" {
		return errors.New("name the program with -c4arch")
	}
	work, err := os.MkdirTemp("", "c4arch-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // what is left is in the folder for such things
	path := filepath.Join(work, "estate.tfstate")
	if err := write(path, o.n); err != nil {
		return err
	}
	defer stopServer()
	postgres, err := durable()
	if err != nil {
		return err
	}
	d, err := postgres.Create(ctx, "")
	if err != nil {
		return err
	}
	sides := []*hosted{{name: "SQLite", dir: filepath.Join(work, "sqlite")}, {name: "PostgreSQL", dir: filepath.Join(work, "postgresql")}}
	for i, h := range sides {
		if err := os.MkdirAll(h.dir, 0o700); err != nil {
			return err
		}
		var args []string
		if i == 1 {
			file := filepath.Join(h.dir, "database")
			if err := os.WriteFile(file, []byte(d.URL(pg.App)), 0o600); err != nil {
				return err
			}
			args = []string{"--database", "file:" + file}
		}
		if h.server, err = begin(ctx, o.program, h.dir, args...); err != nil {
			return err
		}
		defer h.end() //nolint:errcheck // it has been measured
		if h.token, err = setUp(ctx, h.server, h.dir); err != nil {
			return err
		}
	}
	var plain, kept []float64
	for n := range o.runs + 1 {
		took, err := alone(ctx, o, work, path, false)
		if err != nil {
			return err
		}
		plain = append(plain, took)
		if took, err = alone(ctx, o, work, path, true); err != nil {
			return err
		}
		kept = append(kept, took)
		for _, h := range sides {
			if err := h.scan(ctx, path, fmt.Sprintf("p%d", n)); err != nil {
				return err
			}
		}
	}
	plain, kept = plain[1:], kept[1:] // the first warms the cache
	table(fmt.Sprintf("A scan of %d resources, s: median (least to most) of %d, in turns", o.n, o.runs), "What", "s", "times scan alone", "times scan with history")
	ratio := func(list []float64) []any {
		return []any{spread("%.2f", list), fmt.Sprintf("%.2f", median(list)/median(plain)), fmt.Sprintf("%.2f", median(list)/median(kept))}
	}
	row(append([]any{"c4arch scan --format json"}, ratio(plain)...)...)
	row(append([]any{"the same with a local history"}, ratio(kept)...)...)
	for _, h := range sides {
		row(append([]any{"c4arch scan --project, " + h.name}, ratio(h.wall[1:])...)...)
		row(append([]any{"and its model read over the API, " + h.name}, ratio(h.whole[1:])...)...)
	}
	return nil
}

// alone is a scan by the command alone, in a folder of its own.
func alone(ctx context.Context, o options, work, path string, history bool) (float64, error) {
	dir, err := os.MkdirTemp(work, "alone-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // so that the disk does not fill
	if history {
		if _, _, _, err := command(ctx, dir, o.program, "init"); err != nil {
			return 0, err
		}
	}
	_, took, _, err := command(ctx, dir, o.program, "scan", path, "--format", "json", "-o", filepath.Join(dir, "out"), "--quiet")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "out", "model.json"))
	}
	return took.Seconds(), err
}

// scan is a scan of a new project.
func (h *hosted) scan(ctx context.Context, path, project string) error {
	out, _, _, err := command(ctx, h.dir, h.program, "project", "create", project, "--name", project, "--json")
	if err != nil {
		return err
	}
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		return err
	}
	from := time.Now()
	if _, _, _, err := command(ctx, h.dir, h.program, "scan", path, "--project", project); err != nil {
		return err
	}
	h.wall = append(h.wall, time.Since(from).Seconds())
	text, err := h.get(ctx, "/projects/"+made.ID+"/snapshots")
	if err != nil {
		return err
	}
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(text, &list); err != nil || len(list.Items) != 1 {
		return fmt.Errorf("there are %d snapshots: %w", len(list.Items), err)
	}
	if text, err = h.get(ctx, "/projects/"+made.ID+"/snapshots/"+list.Items[0].ID+"/model.json"); err != nil {
		return err
	}
	h.whole = append(h.whole, time.Since(from).Seconds())
	if !json.Valid(text) {
		return errors.New("the model is no JSON")
	}
	return nil
}

// get reads something over the API.
func (h *hosted) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+"/api/v1"+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, res.Status, text)
	}
	return text, err
}

// login logs in with a token, which comes over standard input.
func login(ctx context.Context, dir string, s *server, token string) error {
	cmd := exec.CommandContext(ctx, s.program, "login", s.base)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, environ(dir), strings.NewReader(token)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("login: %w: %s", err, out)
	}
	return nil
}
