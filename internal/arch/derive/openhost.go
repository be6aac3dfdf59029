package derive

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// The host of a resource whose name code leaves open is open in the same words wherever the code writes it:
// "${uniqueString(...)}data.blob.core.windows.net" is the account that is named "${uniqueString(...)}data".

// openHosts claims the resources of the same code that hosts with open parts name. Of a host that nothing declared answers to
// nobody can tell what it is.
func (rd *reader) openHosts(s string, rule *refRule, p tree.Path, line int) {
	for _, h := range rd.hostsLeft(s, p) {
		var targets []*thing
		for _, t := range rd.things(rd.b.names.Host(h.name)) {
			if t != rd.t && rd.b.sameCode(t, rd.t) {
				targets = append(targets, t)
			}
		}
		if len(targets) > 0 {
			rd.hostClaim(h, targets, s, rule, p, line)
		}
	}
}

// sameCode reports whether two resources are declared by code that is deployed to one place: the same words of two
// templates need not mean the same.
func (b *builder) sameCode(one, other *thing) bool {
	r, q := b.resource(one), b.resource(other)
	return r != nil && q != nil && splitScope(r.ID).sub == splitScope(q.ID).sub
}

// hostsLeft returns the hosts in a text that are open in part, with blanks as they stand in ids.
func (rd *reader) hostsLeft(s string, p tree.Path) []host {
	var list []host
	account := false // a connection string names one
	for i := 0; i < len(s); {
		size, open := openWord(s[i:])
		if size == 0 {
			i++
			continue
		}
		if open {
			before := strings.ToLower(s[max(0, i-len(vaultName)):i])
			name := strings.ToLower(strings.Trim(evidence.Segment(s[i:i+size]), "."))
			switch {
			case strings.HasSuffix(before, "accountname="):
				if !account {
					list, account = append(list, storageHost(name, s)), true
				}
			case strings.HasSuffix(before, vaultName):
				list = append(list, host{name: name + ".vault.azure.net", scheme: "https", composed: true})
			case size == len(s) && rd.namesStorage(p):
				list = append(list, storageHost(name, ""))
			default:
				list = appendHost(list, host{name: name, scheme: schemeBefore(s[:i]), composed: true})
			}
		}
		i += size
	}
	return list
}

// vaultName stands before the name of a vault in a setting that is a secret
// (learn.microsoft.com/azure/app-service/app-service-key-vault-references).
const vaultName = "@microsoft.keyvault(vaultname="

// openWord returns how much of the start of a text can be one host, and whether a part of it is open.
func openWord(s string) (size int, open bool) {
	for size < len(s) {
		if strings.HasPrefix(s[size:], "${") {
			_, _, after, _ := evidence.CutLeft(s[size:])
			size, open = len(s)-len(after), true
			continue
		}
		if !hostByte(s[size]) {
			break
		}
		size++
	}
	return size, open
}

// schemeBefore is the scheme of a URL whose host comes next, or "".
func schemeBefore(s string) string {
	s, ok := strings.CutSuffix(s, "://")
	if !ok {
		return ""
	}
	i := len(s)
	for i > 0 && hostByte(s[i-1]) {
		i--
	}
	return strings.ToLower(s[i:])
}

// withoutOpen returns a text without its open parts.
func withoutOpen(s string) string {
	var b strings.Builder
	for {
		before, _, after, ok := evidence.CutLeft(s)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		s = after
	}
}
