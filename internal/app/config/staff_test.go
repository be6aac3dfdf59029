package config

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/keys/source"
)

// authority is a certificate in PEM.
func authority(t *testing.T, ca bool) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Contoso Keys"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), IsCA: ca, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestHardwareIsRequiredWhereThereIsAProvider(t *testing.T) {
	for _, x := range []struct {
		settings string
		want     bool
	}{
		{"--log-level=info", false},
		{"--staff-hardware=no", false},
		{"--staff-issuer=https://id.contoso.example/realm --staff-client=c4arch --staff-acr=phrh", true},
		{"--staff-issuer=https://id.contoso.example/realm --staff-client=c4arch --staff-hardware=no", false},
		{"--staff-issuer=http://127.0.0.1:9000 --staff-client=c4arch --staff-amr=hwk,mfa", true},
		{"--staff-hardware=yes --staff-aaguids=CB69481E-8FF7-4039-93EC-0A2729A154A8 --staff-vendor-roots=/roots.pem", true},
	} {
		l, err := load(t, strings.Fields(x.settings)...)
		if err != nil || l.Staff.NeedsHardware() != x.want {
			t.Errorf("%s: %v, %+v", x.settings, err, l.Staff)
		}
		if len(l.Staff.AAGUIDs) == 1 && l.Staff.AAGUIDs[0] != "cb69481e-8ff7-4039-93ec-0a2729a154a8" {
			t.Errorf("an AAGUID is kept as %s", l.Staff.AAGUIDs[0])
		}
	}
}

func TestVendorRoots(t *testing.T) {
	root := authority(t, true)
	for name, x := range map[string]struct {
		text []byte
		n    int
		says string
	}{
		"two":          {append(root, authority(t, true)...), 2, ""},
		"empty":        {nil, 0, "no certificate"},
		"no authority": {authority(t, false), 0, "not the certificate of an authority"},
		"more":         {append(root, "and more"...), 0, "more than certificates"},
		"a key":        {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), 0, "not the certificate"},
	} {
		path := filepath.Join(t.TempDir(), "roots.pem")
		if err := os.WriteFile(path, x.text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := Staff{Roots: path}
		all, err := s.VendorRoots()
		if len(all) != x.n || (err == nil) != (x.says == "") || err != nil && !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %d, %v", name, len(all), err)
		}
		if bad := s.check(t.Context(), Machine{}); (len(bad) == 0) != (x.says == "") {
			t.Errorf("%s: %v", name, bad)
		}
	}
	if all, err := (&Staff{}).VendorRoots(); err != nil || all != nil {
		t.Error(all, err)
	}
}

func TestSecretOfTheClient(t *testing.T) {
	for text, says := range map[string]string{"Tg5-qWz8-Lm3k-Pd0x": "", "short": "shorter", "": "empty", "client-of-contoso": "the name of the role"} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := load(t, "--staff-issuer=https://id.contoso.example", "--staff-client=client-of-contoso", "--staff-acr=phrh", "--staff-secret=file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		bad := l.Staff.check(context.Background(), Machine{Secrets: &source.Reader{}})
		if (len(bad) == 0) != (says == "") || len(bad) > 0 && !strings.Contains(bad[0].Error(), says) {
			t.Errorf("%q: %v", says, bad)
		}
		if len(bad) > 0 && text != "" && strings.Contains(bad[0].Error(), text+" ") {
			t.Errorf("a secret is shown: %v", bad)
		}
	}
}
