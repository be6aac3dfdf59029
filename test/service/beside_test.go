//go:build e2e && linux

package service

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a name server on loopback that knows the texts that it is told.
type nameServer struct {
	at    string
	mu    sync.Mutex
	texts map[string]string
}

func serveNames(t *testing.T) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := &nameServer{at: conn.LocalAddr().String(), texts: map[string]string{}}
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if out := s.answer(b[:n]); out != nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return s
}

func (s *nameServer) tell(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[name+"."] = text
}

func (s *nameServer) answer(asked []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(asked) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Authoritative, m.RCode, m.Additionals = true, true, dnsmessage.RCodeNameError, nil
	q := m.Questions[0]
	s.mu.Lock()
	text, ok := s.texts[q.Name.String()]
	s.mu.Unlock()
	if ok && q.Type == dnsmessage.TypeTXT {
		m.RCode = dnsmessage.RCodeSuccess
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: []string{text}}}}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}

// clientSecret is that of test/e2e/provider.mjs.
const clientSecret = "a secret of the client for tests"

// provider is oidc-provider of npm, a provider of OpenID Connect that others made.
type provider struct {
	*testing.T
	node, folder, port string
	cmd                *exec.Cmd
}

func serveProvider(t *testing.T) *provider {
	t.Helper()
	folder, err := filepath.Abs("../e2e")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "node_modules", "oidc-provider"))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("there is no oidc-provider: %v", err)
		}
		t.Skipf("there is no oidc-provider (make browser installs it): %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{T: t, node: node, folder: folder, port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port)}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	p.register("http://localhost:9/nowhere")
	return p
}

func (p *provider) issuer() string { return "http://localhost:" + p.port }

func (p *provider) end() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// register starts it anew with that redirect URI, as an administrator registers one.
func (p *provider) register(redirect string) {
	p.Helper()
	p.end()
	p.cmd = exec.Command(p.node, "provider.mjs", p.port, redirect)
	p.cmd.Dir = p.folder
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "ready" {
			return
		}
	}
	p.Fatal("the provider does not start")
}

// terminal is the side of a terminal that a program has: a person types, as far as the program knows.
func terminal(t *testing.T) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close() })
	var locked, number int32
	for request, at := range map[uintptr]*int32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(at))); errno != 0 { //nolint:gosec // an ioctl takes a pointer
			t.Fatal(errno)
		}
	}
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close() })
	return slave
}

// entra is a request in the very shape that Entra ID sends (internal/inbound/scim/testdata), about Fabrikam's people.
func entra(t *testing.T, name, user string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "internal", "inbound", "scim", "testdata", "entra-"+name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("contoso.example", "fabrikam.example", "Test_User_1", "Engineer", "USER", user).Replace(string(b))
}

var plain = &http.Client{Timeout: 30 * time.Second}
