// Package remote fetches one commit of a branch from a repository that is reached by https, and hands out its files.
//
// It promises: it sends the two requests of a fetch (the list of references, and the question for one commit) and nothing else, which its client refuses and not its caller; it runs no
// hook, no filter and no other program, fetches no submodule and nothing that Git LFS keeps elsewhere, and writes to no disk; what a server sends is bounded before it is unpacked; no
// error holds the token or what the server wrote. It leaves out ssh and the file system.
//
// What it speaks: the smart protocol over HTTP (git-scm.com/docs/http-protocol), version 0, with shallow and, where the server has it, filter.
package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/source/git"
)

// Config is what to fetch. Branch may be "" for the one that the repository names, Folder for all of it, Token empty for a public one.
type Config struct {
	Address, Branch, Folder, User string
	Token                         secret.Value
	HTTP                          *http.Client
	Limits                        Limits
}

// Limits of what is fetched. The zero value of each means its default.
type Limits struct {
	Pack    int64 // bytes, as they are sent; 128 MiB
	Content int64 // bytes of all objects, unpacked; 512 MiB
	File    int64 // bytes of one; 64 MiB. Larger ones are not asked for where the server can leave them out
	Objects int   // 200,000
}

func (l Limits) orDefault() Limits {
	if l.Pack <= 0 {
		l.Pack = 128 << 20
	}
	if l.Content <= 0 {
		l.Content = 512 << 20
	}
	if l.File <= 0 {
		l.File = 64 << 20
	}
	if l.Objects <= 0 {
		l.Objects = 200_000
	}
	return l
}

// maxReferences bounds the list of references, in bytes.
const maxReferences = 32 << 20

// anyName goes with a token where no name was given: it is what GitHub asks for with tokens of apps, and others take any.
const anyName = "x-access-token"

// Commit is what was fetched.
type Commit struct {
	Tree   *git.Tree
	Hash   string
	Branch string // its name, where the server says it
}

// Head says which commit the branch is at, without fetching it.
func Head(ctx context.Context, c Config) (hash, branch string, err error) {
	_, _, h, branch, err := c.begin(ctx)
	if err != nil {
		return "", "", err
	}
	return h.String(), branch, nil
}

// Fetch fetches the commit that the branch is at. Its files can be read until ctx ends.
func Fetch(ctx context.Context, c Config) (*Commit, error) {
	session, adv, hash, branch, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	lim := c.Limits.orDefault()
	req := packp.NewUploadPackRequest()
	req.Wants = []plumbing.Hash{hash}
	for _, k := range []capability.Capability{capability.OFSDelta, capability.NoProgress} {
		if adv.Capabilities.Supports(k) {
			_ = req.Capabilities.Set(k) // one without a value
		}
	}
	if adv.Capabilities.Supports(capability.Shallow) {
		_ = req.Capabilities.Set(capability.Shallow)
		req.Depth = packp.DepthCommits(1)
	}
	if adv.Capabilities.Supports(capability.Filter) {
		_ = req.Capabilities.Set(capability.Filter)
		req.Filter = packp.FilterBlobLimit(uint64(lim.File), packp.BlobLimitPrefixNone)
	}
	res, err := session.UploadPack(ctx, req)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	defer res.Close() //nolint:errcheck // it was read
	pack, err := io.ReadAll(io.LimitReader(res, lim.Pack+1))
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	if int64(len(pack)) > lim.Pack {
		return nil, tooLarge("what the repository sends is larger than %d MiB", lim.Pack>>20)
	}
	kept := memory.NewStorage()
	if err := unpack(ctx, pack, kept, lim); err != nil {
		return nil, err
	}
	files, commit, err := git.InMemory(kept).FS(ctx, hash.String(), c.Folder)
	if err != nil {
		return nil, err
	}
	return &Commit{Tree: files.(*git.Tree), Hash: commit, Branch: branch}, nil
}

// begin asks for the references, and finds the branch.
func (c Config) begin(ctx context.Context) (transport.UploadPackSession, *packp.AdvRefs, plumbing.Hash, string, error) {
	none := plumbing.ZeroHash
	u, err := url.Parse(c.Address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, nil, none, "", fault.New(fault.Invalid, "the address of the repository does not begin with https://")
	}
	end, err := transport.NewEndpoint(strings.TrimSuffix(c.Address, "/"))
	if err != nil {
		return nil, nil, none, "", fault.New(fault.Invalid, "the address of the repository is none")
	}
	var auth transport.AuthMethod
	if !c.Token.Empty() {
		name := c.User
		if name == "" {
			name = anyName
		}
		auth = &githttp.BasicAuth{Username: name, Password: string(c.Token.Expose())}
	}
	session, err := githttp.NewClientWithOptions(gated(c.HTTP, u), &githttp.ClientOptions{RedirectPolicy: githttp.NoFollowRedirects}).NewUploadPackSession(end, auth)
	if err != nil {
		return nil, nil, none, "", c.failed(ctx, err)
	}
	adv, err := session.AdvertisedReferencesContext(ctx)
	if err != nil {
		return nil, nil, none, "", c.failed(ctx, err)
	}
	hash, branch, err := c.choose(adv)
	return session, adv, hash, branch, err
}

// Gated is the client with its gate for a repository, as requests are sent. It is for those who try the gate.
func Gated(out *http.Client, repository *url.URL) *http.Client { return gated(out, repository) }

// gated is a client that can ask for the references of the one repository, and for a pack of it.
func gated(out *http.Client, u *url.URL) *http.Client {
	base := strings.TrimSuffix(u.EscapedPath(), "/")
	c := egress.ReadOnly(out, func(at *url.URL) bool {
		return at.Host == u.Host && at.EscapedPath() == base+"/info/refs" && at.RawQuery == "service="+transport.UploadPackServiceName
	}, egress.Question{Host: u.Hostname(), Path: base + "/" + transport.UploadPackServiceName})
	c.Transport = bounded{c.Transport}
	return c
}

// bounded cuts lists of references that have no end.
type bounded struct{ inner http.RoundTripper }

// RoundTrip sends a request.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.inner.RoundTrip(req)
	if err == nil && (req.Method == http.MethodGet || res.StatusCode != http.StatusOK) {
		res.Body = cut{io.LimitReader(res.Body, maxReferences), res.Body}
	}
	return res, err
}

type cut struct {
	io.Reader
	io.Closer
}

// choose finds the commit of the branch.
func (c Config) choose(adv *packp.AdvRefs) (plumbing.Hash, string, error) {
	if c.Branch != "" {
		h, ok := adv.References["refs/heads/"+c.Branch]
		if !ok {
			return h, "", fault.New(fault.NotFound, "the repository has no branch %s", c.Branch).WithHelp("git ls-remote --heads ADDRESS lists them")
		}
		return h, c.Branch, nil
	}
	if adv.Head == nil {
		return plumbing.ZeroHash, "", fault.New(fault.NotFound, "the repository does not say which branch it is about").WithHelp("name one in a new connection")
	}
	for _, name := range adv.Capabilities.Get(capability.SymRef) {
		if branch, ok := strings.CutPrefix(name, "HEAD:refs/heads/"); ok && len(branch) < 300 {
			return *adv.Head, branch, nil
		}
	}
	return *adv.Head, "", nil
}

// failed says why the other side was not read, with nothing of what it or the library wrote.
func (c Config) failed(ctx context.Context, err error) error {
	var own *fault.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &own):
		return fault.New(own.Kind, "%s", own.Msg).WithHelp("%s", own.Help)
	case errors.Is(err, transport.ErrAuthenticationRequired) && c.Token.Empty():
		return fault.New(fault.Denied, "the repository wants a token").WithHelp("replace the credential of the connection by one that may read it")
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return fault.New(fault.Denied, "the repository does not take the token").WithHelp("it ended, or may not read the contents of the repository: make one, and replace the credential here")
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fault.New(fault.NotFound, "there is no such repository, or the token may not see it").WithHelp("look whether the address is right, and what the token may read")
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return fault.New(fault.NotFound, "the repository is empty")
	}
	var status *githttp.Err
	if errors.As(err, &status) && status.Response != nil {
		switch code := status.Response.StatusCode; {
		case code >= 300 && code < 400:
			return fault.New(fault.Invalid, "the address leads elsewhere, where the token is not taken").WithHelp("name the address where the repository is now")
		case code == http.StatusTooManyRequests || code >= 500:
			return fault.New(fault.Unavailable, "the repository does not answer now (status %d)", code)
		}
	}
	return fault.New(fault.Unavailable, "the repository cannot be reached, or does not speak the protocol of git")
}

func tooLarge(format string, args ...any) error {
	return fault.New(fault.Limited, format, args...).WithHelp("name a repository that holds the infrastructure alone")
}
