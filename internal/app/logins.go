package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/keys/own"
	"c4arch/internal/outbound/api"
)

// logins keeps a login in a file of the user's configuration directory, which nobody else can read.
type logins struct{}

var _ cli.Logins = logins{}

// Variables that take the place of the file.
const (
	serverVariable = "C4ARCH_SERVER"
	tokenVariable  = "C4ARCH_TOKEN"
)

func loginFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "no place for the login").WithHelp("set HOME or XDG_CONFIG_HOME, or use %s and %s", serverVariable, tokenVariable)
	}
	return filepath.Join(dir, "c4arch", "login.json"), nil
}

// kept is the file.
type kept struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

func (logins) Find(env cli.Env) (cli.Login, error) {
	server, token := env.Getenv(serverVariable), env.Getenv(tokenVariable)
	if server != "" || token != "" {
		if server == "" || token == "" {
			return cli.Login{}, fault.New(fault.Invalid, "of %s and %s one is set and the other is not", serverVariable, tokenVariable)
		}
		checked, err := api.CheckServer(server)
		return cli.Login{Server: checked, Token: token, From: tokenVariable}, err
	}
	path, err := loginFile()
	if err != nil {
		return cli.Login{}, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return cli.Login{}, fault.New(fault.NotFound, "nobody is logged in")
	}
	if err != nil {
		return cli.Login{}, fault.Wrap(fault.Invalid, err, "the login cannot be read")
	}
	defer f.Close() //nolint:errcheck // it was read only
	info, err := f.Stat()
	if err != nil {
		return cli.Login{}, fault.Wrap(fault.Invalid, err, "the login cannot be read")
	}
	if err := own.Check(path, info); err != nil {
		return cli.Login{}, err
	}
	var k kept
	if err := json.NewDecoder(f).Decode(&k); err != nil || k.Token == "" {
		return cli.Login{}, fault.New(fault.Invalid, "the login in %s cannot be read", path).WithHelp("log in again: c4arch login SERVER")
	}
	checked, err := api.CheckServer(k.Server)
	return cli.Login{Server: checked, Token: k.Token, From: path}, err
}

// Save writes the file beside and renames it, so that it is there whole or not at all.
func (logins) Save(_ cli.Env, l cli.Login) (string, error) {
	path, err := loginFile()
	if err != nil {
		return "", err
	}
	fail := func(err error) (string, error) {
		return "", fault.Wrap(fault.Invalid, err, "the login cannot be kept")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fail(err)
	}
	text, err := json.Marshal(kept{Server: l.Server, Token: l.Token})
	if err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".login-") // 0600
	if err != nil {
		return fail(err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone after the rename
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err != nil {
		return fail(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fail(err)
	}
	return path, nil
}

func (logins) Forget(cli.Env) (bool, error) {
	path, err := loginFile()
	if err != nil {
		return false, err
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(fault.Invalid, err, "the login cannot be removed")
	}
	return true, nil
}

func (logins) Open(_ cli.Env, l cli.Login) (cli.Remote, error) {
	exit, err := outTo(l.Server)
	if err != nil {
		return nil, err
	}
	return &api.Client{Server: l.Server, Token: secret.New([]byte(l.Token)), HTTP: exit.Client(toServer), Agent: "c4arch/" + version(), Wait: waiting}, nil
}

// Wait waits, as between two questions to a server.
func (logins) Wait(ctx context.Context, d time.Duration) error { return waiting(ctx, d) }

func (logins) CheckServer(text string) (string, error) { return api.CheckServer(text) }
