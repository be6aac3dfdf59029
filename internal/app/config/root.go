package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// RootKey is where root keys are kept. Scheme says which of the others counts.
type RootKey struct {
	Scheme string // file, vault or kms, as package ring names them

	Dir                 string // of file: a folder of its own, one file for each key
	Vault, Key, Version string // of vault: https://NAME.vault.azure.net, the name, and "" for the current version
	ARN                 string // of kms
}

var (
	vaultKey = regexp.MustCompile(`^/keys/([0-9A-Za-z-]{1,127})(?:/([0-9a-f]{32}))?/?$`)
	kmsKey   = regexp.MustCompile(`^arn:aws[a-z-]{0,10}:kms:[a-z0-9-]{2,30}:[0-9]{12}:key/[0-9a-zA-Z-]{1,80}$`)
)

func rootKeys(c *Config, values []string) error {
	c.Keys.Root = nil
	for _, v := range values {
		k, err := parseRoot(v)
		if err != nil {
			return err
		}
		c.Keys.Root = append(c.Keys.Root, k)
	}
	return nil
}

func parseRoot(text string) (RootKey, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme {
	case "file":
		if !filepath.IsAbs(rest) && !strings.HasPrefix(rest, inData) {
			return RootKey{}, errors.New("a folder of root keys is named by its whole path: file:/PATH")
		}
		return RootKey{Scheme: scheme, Dir: rest}, nil
	case "vault":
		u, err := url.Parse(rest)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return RootKey{}, errors.New("a key in a vault is vault:https://NAME.vault.azure.net/keys/KEY")
		}
		m := vaultKey.FindStringSubmatch(u.Path)
		if m == nil {
			return RootKey{}, errors.New("a key in a vault is vault:https://NAME.vault.azure.net/keys/KEY, and maybe /VERSION")
		}
		return RootKey{Scheme: scheme, Vault: "https://" + u.Host, Key: m[1], Version: m[2]}, nil
	case "kms":
		if !kmsKey.MatchString(rest) {
			return RootKey{}, errors.New("a key of AWS KMS is kms: and its ARN: kms:arn:aws:kms:REGION:ACCOUNT:key/ID")
		}
		return RootKey{Scheme: scheme, ARN: rest}, nil
	}
	return RootKey{}, errors.New("it begins with file:, vault: or kms: and names a folder or a key")
}

// String is as somebody would write it.
func (k RootKey) String() string {
	switch k.Scheme {
	case "file":
		return "file:" + k.Dir
	case "vault":
		s := "vault:" + k.Vault + "/keys/" + k.Key
		if k.Version != "" {
			s += "/" + k.Version
		}
		return s
	}
	return k.Scheme + ":" + k.ARN
}
