package doctor

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Least free space: below it a database and its log cannot be trusted to go on.
const (
	leastFree  = 1 << 30
	leastShare = 20 // one part in so many
)

func (p Probes) space() Finding {
	f := Finding{Subject: "free space for " + p.DataDir, State: OK}
	free, all, err := freeSpace(p.DataDir)
	if err != nil {
		f.State, f.Detail = Unknown, err.Error()
		return f
	}
	return enough(f, free, all)
}

func enough(f Finding, free, all uint64) Finding {
	f.Detail = fmt.Sprintf("%.1f of %.1f GiB", float64(free)/(1<<30), float64(all)/(1<<30))
	if free < leastFree || free < all/leastShare {
		f.State, f.Help = Failed, "Make room: below 1 GiB or 5 per cent the service may refuse to write."
	}
	return f
}

// rootKey says where a root key lies. In the data directory it protects against the loss of a file, and of a backup without it, but not of the volume: then it is the
// volume that decides.
func (p Probes) rootKey(ctx context.Context, k RootKey, volume *Finding) Finding {
	f := Finding{Subject: "root key " + k.Name, State: Unknown}
	switch rel, err := filepath.Rel(p.DataDir, k.Dir); {
	case k.Dir == "" && k.Ask == nil:
		f.Detail = "its service cannot be asked"
	case k.Dir == "":
		ctx, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		return k.Ask(ctx)
	case p.DataDir == "" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)):
		f.Detail = "in a folder of this machine, " + k.Dir + ": whether its volume is encrypted is not looked at"
		f.Help = "Keep it in Key Vault or another service of keys (keys.root)."
	case volume != nil && volume.State == OK:
		f.State, f.Detail = OK, "in the data directory, on an encrypted volume; backups of that directory hold the key too"
	default:
		f.Detail = "in the data directory: whoever copies all of it can read all of it, unless the volume is encrypted"
		f.Help = "Keep it in Key Vault or another service of keys (keys.root), or on another volume."
	}
	return f
}

// The questions to PostgreSQL, each of which gives one text (PostgreSQL 15, "pg_stat_ssl" and "Preset Options").
const (
	askTLS       = "SELECT CASE WHEN ssl THEN coalesce(version, 'TLS') ELSE '' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
	askChecksums = "SELECT current_setting('data_checksums')"
	askVersion   = "SELECT current_setting('server_version')"
)

func (p Probes) postgres(ctx context.Context) []Finding {
	ask := func(subject, query string, judge func(string) (State, string)) Finding {
		ctx, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		f := Finding{Subject: "PostgreSQL, " + subject}
		answer, err := p.Postgres(ctx, query)
		if err != nil {
			f.State, f.Detail = Unknown, err.Error()
			return f
		}
		f.State, f.Detail = judge(answer)
		return f
	}
	return []Finding{
		ask("version", askVersion, func(s string) (State, string) { return versionOf(s) }),
		ask("connection", askTLS, func(s string) (State, string) {
			switch {
			case s == "TLSv1.2" || s == "TLSv1.3":
				return OK, s
			case s == "" && p.Socket:
				return OK, "a socket of this machine"
			case s == "":
				return Failed, "it is not encrypted: set sslmode=verify-full"
			}
			return Failed, s + ": TLS 1.2 is the least"
		}),
		ask("checksums of pages", askChecksums, func(s string) (State, string) {
			if s == "on" {
				return OK, "on"
			}
			return Failed, "off: a page that a disk damages is not noticed (pg_checksums --enable)"
		}),
		{
			Subject: "PostgreSQL, storage", State: Unknown, Detail: "whether its volume is encrypted cannot be asked through the database",
			Help: "Ask its platform; managed services encrypt and say so in their console. Secrets, evidence and values of the ledger are sealed by us whatever it says.",
		},
	}
}

func versionOf(s string) (State, string) {
	var major int
	if _, err := fmt.Sscanf(s, "%d", &major); err != nil {
		return Unknown, "it says " + fmt.Sprintf("%.20q", s)
	}
	if major < 15 {
		return Failed, s + ": 15 is the least"
	}
	return OK, s
}

// clock compares it with the newest thing that was written, and asks the system who keeps it right.
func (p Probes) clock(ctx context.Context) []Finding {
	state, detail := synchronised()
	all := []Finding{{Subject: "clock", State: State(state), Detail: detail}}
	if all[0].State == Unknown {
		all[0].Help = "See to it that chrony, systemd-timesyncd or the host of this machine keeps it right."
	}
	if p.Newest == nil {
		return all
	}
	f := Finding{Subject: "clock against the ledger", State: OK}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	newest, known, err := p.Newest(ctx)
	switch now := p.Now(); {
	case err != nil:
		f.State, f.Detail = Unknown, err.Error()
	case !known:
		f.State, f.Detail = Unknown, "there is no entry yet"
	case newest.Sub(now) > time.Minute:
		f.State, f.Detail = Failed, fmt.Sprintf("the newest entry is of %s, which is still to come", newest.UTC().Format(time.RFC3339))
		f.Help = "The clock went back, or was ahead when that was written. Entries keep their order; their times wait until the clock has caught up."
	default:
		f.Detail = "the newest entry is of " + newest.UTC().Format(time.RFC3339)
	}
	return append(all, f)
}

// renewal is how long before its end a certificate should have been replaced.
const renewal = 14 * 24 * time.Hour

func (p Probes) certificate(ctx context.Context, c Certificate) Finding {
	f := Finding{Subject: "certificate " + c.Name, State: Unknown, Detail: "it cannot be looked at"}
	if c.Ask == nil {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	b, err := c.Ask(ctx)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	leaf, err := firstCertificate(b)
	if err != nil {
		f.State, f.Detail = Failed, err.Error()
		return f
	}
	f.State, f.Detail = OK, "valid until "+leaf.NotAfter.UTC().Format(time.RFC3339)
	switch now := p.Now(); {
	case now.Before(leaf.NotBefore):
		f.State, f.Detail = Failed, "valid only from "+leaf.NotBefore.UTC().Format(time.RFC3339)
	case leaf.NotAfter.Sub(now) < renewal:
		f.State, f.Help = Failed, "Replace it: it should be renewed 14 days before its end."
	}
	return f
}

func firstCertificate(b []byte) (*x509.Certificate, error) {
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			return nil, errors.New("there is no certificate in it")
		}
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
}

// oldBackup is how old the last backup may be.
const oldBackup = 26 * time.Hour

func (p Probes) backup(ctx context.Context) Finding {
	f := Finding{Subject: "backup", State: Unknown, Detail: "nobody has said when the last one was made"}
	if p.Backup == nil {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	at, err := p.Backup(ctx)
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	f.State, f.Detail = OK, "the last is of "+at.UTC().Format(time.RFC3339)
	if p.Now().Sub(at) > oldBackup {
		f.State, f.Help = Failed, "Make one: the last is older than a day."
	}
	return f
}
