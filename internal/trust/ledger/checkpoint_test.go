package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/id"
)

// A note that the documentation of golang.org/x/mod/sumdb/note has, and its key.
func TestAPublishedSignatureVerifies(t *testing.T) {
	k, err := ParseKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
	if err != nil {
		t.Fatal(err)
	}
	text := "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
	sig, err := base64.StdEncoding.DecodeString("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
	if err != nil || !k.Verify([]byte(text), sig[4:]) || k.Verify([]byte(text+"x"), sig[4:]) {
		t.Error("the published signature does not verify, or another text does")
	}
}

// The example of c2sp.org/tlog-cosignature is read; its keys are not published there.
func TestThePublishedCheckpointIsRead(t *testing.T) {
	c, err := ParseCheckpoint([]byte(`example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`))
	if err != nil || c.Size != 20852163 || len(c.Signatures) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if at, ok := c.Signatures[1].At(); !ok || at.Unix() != 1679315147 || c.Signatures[1].ID != 0x8d66cf3f {
		t.Errorf("cosigned at %v", at)
	}
	msg := string(cosigned(1679315147, []byte(c.Text)))
	if msg != "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" {
		t.Errorf("the message of the cosignature is %q", msg)
	}
	if LogOf(c.Origin) != "" {
		t.Error("it is no log of ours")
	}
}

// Whoever uses the reference implementation takes our keys and our checkpoints.
func TestOthersTakeOurCheckpoints(t *testing.T) {
	j := newJournal(t).writeMany(7)
	v, err := note.NewVerifier(j.signer.Key().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(j.sign(), note.VerifierList(v))
	if err != nil || n.Text != fmt.Sprintf("%s\n7\n%s\n", origin, base64.StdEncoding.EncodeToString(j.head.Root().slice())) {
		t.Errorf("%v: %s", err, n.Text)
	}
	if !bytes.Equal(j.sign(), j.sign()) {
		t.Error("two signatures of one checkpoint differ")
	}
}

func (h Hash) slice() []byte { return h[:] }

func TestKeysAsText(t *testing.T) {
	s, w := newJournal(t).signer, cosigner(t, "witness.fabrikam.example", 2)
	for _, k := range []Key{s.Key(), w.Key()} {
		again, err := ParseKey(k.String())
		if err != nil || again != k {
			t.Errorf("%s: %v", k, err)
		}
	}
	if s.Key().KeyHash() == newKey(s.Name(), Cosignature, s.key.public[:]).KeyHash() {
		t.Error("the id does not depend on the algorithm")
	}
	good := s.Key().String()
	for _, bad := range []string{"", "a", "a+b", "+00000000+AQ==", good + "\n", good[:len(good)-4], strings.Replace(good, "+dfb9a92d+", "+dfb9a92e+", 1), strings.Replace(good, "og_", "oh_", 1), "a b+00000000+AQ==", "a+00000000+Bg=="} {
		if k, err := ParseKey(bad); err == nil {
			t.Errorf("%q is taken as %s", bad, k)
		}
	}
	if _, err := ParseKey("w.example+00000000+" + base64.StdEncoding.EncodeToString(append([]byte{6}, make([]byte, 1312)...))); err == nil || !strings.Contains(err.Error(), "ML-DSA-44") {
		t.Errorf("a key that is reserved: %v", err)
	}
	keys, err := ParseKeys([]byte("# of the operator\n\n" + good + "\r\n" + w.Key().String()))
	if err != nil || len(keys) != 2 {
		t.Errorf("%v: %v", keys, err)
	}
	if _, err := ParseKeys([]byte("x\n")); err == nil {
		t.Error("a line that is no key is taken")
	}
}

func TestASignerDoesNotPrint(t *testing.T) {
	s, err := NewSigner(origin, []byte("a secret that has 32 bytes in it"))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		out := fmt.Sprintf(verb, s) + fmt.Sprintf(verb, struct{ S *Signer }{s})
		if strings.Contains(out, "secret") || strings.Contains(out, "115 101 99 114") || strings.Contains(out, "7365637265") || strings.Contains(out, "0x73, 0x65") {
			t.Errorf("%s prints %s", verb, out)
		}
	}
}

func TestOrigins(t *testing.T) {
	for _, log := range []id.Org{org, "local", "platform"} {
		o, err := Origin("audit.contoso.example:8443", log)
		if err != nil || LogOf(o) != log {
			t.Errorf("%s: %s %v", log, o, err)
		}
	}
	for _, host := range []string{"", "a b", "a/b", "a+b", "a\nb", strings.Repeat("x", 255)} {
		if _, err := Origin(host, org); err == nil {
			t.Errorf("the host %q is taken", host)
		}
	}
	if _, err := Origin("a", "og_x"); err == nil {
		t.Error("an organisation that is none is taken")
	}
	for _, o := range []string{"", "a", "a/audit/", "/audit/local", "a/b/audit/local", "a/audit/local/x"} {
		if LogOf(o) != "" {
			t.Errorf("%q is taken", o)
		}
	}
}

func TestSignersAreRefused(t *testing.T) {
	for name, f := range map[string]func() error{
		"a short seed":       func() error { _, err := NewSigner(origin, seed(1)[:31]); return err },
		"a name with spaces": func() error { _, err := NewSigner("a b", seed(1)); return err },
		"a clock before 1970": func() error {
			w, err := NewCosigner("w", seed(1), func() time.Time { return time.Unix(-5, 0) })
			if err != nil {
				return nil
			}
			_, err = w.Sign([]byte("x\n"))
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestWhatIsNoCheckpoint(t *testing.T) {
	good := string(newJournal(t).writeMany(3).sign())
	for name, bad := range map[string]string{
		"nothing": "", "no signature": good[:strings.Index(good, "\n\n")+1], "a size with a zero": strings.Replace(good, "\n3\n", "\n03\n", 1),
		"a size below zero": strings.Replace(good, "\n3\n", "\n-3\n", 1), "a huge size": strings.Replace(good, "\n3\n", "\n9007199254740992\n", 1),
		"a short root": strings.Replace(good, "\n3\n", "\n3\nAAAA\n", 1), "no origin": "\n" + good, "a cosignature as origin": strings.Replace(good, origin, "cosignature/v1", 1),
		"much": good + strings.Repeat(good[strings.Index(good, "—"):], 500), "an empty line": strings.Replace(good, "\n3\n", "\n\n3\n", 1), "binary": "\x00" + good,
	} {
		if _, err := ParseCheckpoint([]byte(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if c, err := ParseCheckpoint([]byte(strings.Replace(good, "\n\n", "\nextension\n\n", 1))); err != nil || c.Size != 3 {
		t.Errorf("a checkpoint with an extension line: %v", err)
	}
}
