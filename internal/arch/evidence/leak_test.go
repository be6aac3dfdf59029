package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// position puts a secret somewhere in a draft.
type position struct {
	name string
	put  func(secret string) Draft
	// oneLine: a secret of several lines cannot stand here.
	oneLine bool
	// plain: the secret may not hold characters that this syntax gives a meaning to.
	plain bool
}

func text(s string) tree.Value { return tree.Str(s) }

func object(pairs ...any) tree.Value {
	v := tree.Value{Kind: tree.Object}
	for i := 0; i < len(pairs); i += 2 {
		switch x := pairs[i+1].(type) {
		case string:
			v.Set(pairs[i].(string), text(x))
		case tree.Value:
			v.Set(pairs[i].(string), x)
		}
	}
	return v
}

func array(items ...tree.Value) tree.Value { return tree.Value{Kind: tree.Array, Items: items} }

func props(v tree.Value) Draft { return Draft{Props: v} }

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// anywhere are places whose name says nothing: the shape of the secret has to give it away.
func anywhere() []position {
	return []position{
		{name: "innocent name", put: func(s string) Draft { return props(object("note", s)) }},
		{name: "in a sentence", put: func(s string) Draft { return props(object("description", "Ask Ann, or use "+s+" for now.")) }},
		{name: "nested array", put: func(s string) Draft {
			return props(object("a", array(array(object("b", array(text("x"), text(s)))))))
		}},
		{name: "pair", put: func(s string) Draft { return props(object("env", array(object("name", "SETTING", "value", s)))) }},
		{name: "env string", put: func(s string) Draft { return props(array(text("SETTING=" + s))) }},
		{name: "argument", put: func(s string) Draft {
			return props(object("args", array(text("--setting="+s), text("--other"), text(s))))
		}},
		{name: "url path", oneLine: true, plain: true, put: func(s string) Draft { return props(object("hook", "https://hooks.contoso.com/in/"+s)) }},
		{name: "url query", oneLine: true, plain: true, put: func(s string) Draft { return props(object("link", "https://contoso.com/x?a=1&b="+s)) }},
		{name: "file", put: func(s string) Draft {
			return props(object("data", object("app.yaml", "server: db.contoso.com\nother:\n  setting: "+s+"\n  more: 1\n")))
		}},
		{name: "json in a string", put: func(s string) Draft {
			return props(object("template", `{"server":"db.contoso.com","setting":`+quoted(s)+`}`))
		}},
		{name: "json in json in a string", put: func(s string) Draft {
			return props(object("template", `{"inner":`+quoted(`{"setting":`+quoted(s)+`}`)+`}`))
		}},
		{name: "broken json in a string", put: func(s string) Draft {
			return props(object("template", `{"server":"db.contoso.com","setting":`+quoted(s)+`,`))
		}},
		{name: "base64 of a file", put: func(s string) Draft {
			return props(object("blob", base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nrun --setting "+s+"\n"))))
		}},
		{name: "tag", put: func(s string) Draft { return Draft{Props: object(), Tags: map[string]string{"note": s}} }},
		{name: "key of an object", oneLine: true, put: func(s string) Draft { return props(object("m", object(s, "x"))) }},
		{name: "name of a tag", oneLine: true, put: func(s string) Draft { return Draft{Props: object(), Tags: map[string]string{s: "x"}} }},
	}
}

// told are places whose name or syntax says that a secret stands there: even a word must go.
func told() []position {
	named := func(name string) position {
		return position{name: "named " + name, put: func(s string) Draft { return props(object(name, s)) }}
	}
	out := []position{
		{name: "sensitive by its source", put: func(s string) Draft {
			return Draft{Props: object("a", array(object("b", s))), Sensitive: []tree.Path{"a[0]"}}
		}},
		{name: "kubernetes secret", put: func(s string) Draft {
			return Draft{Form: Kubernetes, Type: "Secret", Props: object("kind", "Secret", "apiVersion", "v1",
				"data", object("x", base64.StdEncoding.EncodeToString([]byte(s))), "stringData", object("y", s))}
		}},
		{name: "last applied", put: func(s string) Draft {
			return Draft{Form: Kubernetes, Props: object("metadata", object("annotations", object("kubectl.kubernetes.io/last-applied-configuration",
				`{"apiVersion":"v1","kind":"Secret","stringData":{"x":`+quoted(s)+`}}`)))}
		}},
		{name: "resource that is a secret", put: func(s string) Draft {
			return Draft{Form: Terraform, Type: "azurerm_key_vault_secret", Props: object("name", "x", "value", s)}
		}},
		{name: "secure parameter", put: func(s string) Draft {
			return props(object("parameters", object("x", object("type", "securestring", "value", s))))
		}},
		{name: "list of secrets", put: func(s string) Draft {
			return props(object("configuration", object("secrets", array(object("name", "x", "value", s)))))
		}},
		{name: "env pair", put: func(s string) Draft { return props(object("env", array(object("name", "DB_PASSWORD", "value", s)))) }},
		{name: "env string", put: func(s string) Draft { return props(array(text("DB_PASSWORD=" + s))) }},
		{name: "argument with =", put: func(s string) Draft { return props(object("args", array(text("serve"), text("--db-password="+s)))) }},
		{name: "argument after", put: func(s string) Draft { return props(object("args", array(text("--password"), text(s)))) }},
		{name: "short argument", put: func(s string) Draft { return props(object("args", array(text("-p"), text(s)))) }},
		{name: "shell", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("command", array(text("sh"), text("-c"), text("run --user x --password "+s+" --host db.contoso.com"))))
		}},
		{name: "mysql", oneLine: true, plain: true, put: func(s string) Draft { return props(object("command", "mysqladmin ping -uroot -p"+s)) }},
		{name: "curl", oneLine: true, plain: true, put: func(s string) Draft { return props(object("command", "curl -u admin:"+s+" https://contoso.com/")) }},
		{name: "sql", oneLine: true, plain: true, put: func(s string) Draft { return props(object("init", "CREATE USER a IDENTIFIED BY '"+s+"'; GRANT ALL;")) }},
		{name: "ado connection string", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "Server=tcp:db.contoso.com,1433;Initial Catalog=shop;User ID=a;Password="+s+";Encrypt=True"))
		}},
		{name: "pwd connection string", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "Driver={ODBC Driver 18};Server=db.contoso.com;Uid=a;Pwd="+s+";"))
		}},
		{name: "libpq", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "host=db.contoso.com user=a password="+s+" dbname=shop"))
		}},
		{name: "redis", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "db.contoso.com:6380,password="+s+",ssl=True")) }},
		{name: "jdbc", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "jdbc:mysql://db.contoso.com/shop?user=a&password="+s)) }},
		{name: "jdbc sqlserver", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "jdbc:sqlserver://db.contoso.com:1433;user=a;password="+s+";encrypt=true"))
		}},
		{name: "url login", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "mongodb://a:"+s+"@db.contoso.com:27017/shop")) }},
		{name: "redis url", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "rediss://:"+s+"@db.contoso.com:6380/0")) }},
		{name: "go driver", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "a:"+s+"@tcp(db.contoso.com:3306)/shop")) }},
		{name: "basic header", put: func(s string) Draft {
			return props(object("x", "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("a:"+s))))
		}},
		{name: "docker config", put: func(s string) Draft {
			return props(object("x", `{"auths":{"r.contoso.com":{"auth":"`+base64.StdEncoding.EncodeToString([]byte("a:"+s))+`"}}}`))
		}},
		{name: "yaml file", oneLine: true, put: func(s string) Draft {
			return props(object("data", object("app.yaml", "db:\n  host: db.contoso.com\n  password: "+quoted(s)+"\n")))
		}},
		{name: "yaml block", put: func(s string) Draft {
			return props(object("data", object("app.yaml", "db:\n  password: |\n    "+strings.ReplaceAll(s, "\n", "\n    ")+"\n  host: db.contoso.com\n")))
		}},
		{name: "yaml pair", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("data", object("app.yaml", "env:\n- name: DB_PASSWORD\n  value: "+s+"\n- name: HOST\n  value: db.contoso.com\n")))
		}},
		{name: "env file", oneLine: true, put: func(s string) Draft {
			return props(object("data", object(".env", "HOST=db.contoso.com\nDB_PASSWORD="+s+"\n")))
		}},
		{name: "ini file", oneLine: true, put: func(s string) Draft {
			return props(object("data", object("my.cnf", "[client]\nhost = db.contoso.com\npassword = "+s+"\n")))
		}},
		{name: "properties file", oneLine: true, put: func(s string) Draft {
			return props(object("data", object("a.properties", "spring.datasource.url=jdbc:x\nspring.datasource.password="+s+"\n")))
		}},
		{name: "xml file", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("data", object("a.xml", "<c>\n<host>db.contoso.com</host>\n<password>"+s+"</password>\n<add key=\"DbPassword\" value=\""+s+"\"/></c>")))
		}},
		{name: "netrc", oneLine: true, plain: true, put: func(s string) Draft { return props(object("x", "machine db.contoso.com login a password "+s)) }},
		{name: "cloud-init", oneLine: true, put: func(s string) Draft {
			return props(object("custom_data", base64.StdEncoding.EncodeToString([]byte("#cloud-config\nusers:\n- name: a\n  plain_text_passwd: "+quoted(s)+"\n"))))
		}},
		{name: "json in a string", put: func(s string) Draft {
			return props(object("settings", `{"host":"db.contoso.com","password":`+quoted(s)+`}`))
		}},
		{name: "escaped json", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", `cmd --json {\"host\":\"db.contoso.com\",\"password\":\"`+s+`\"}`))
		}},
		{name: "tag", put: func(s string) Draft { return Draft{Props: object(), Tags: map[string]string{"db-password": s}} }},
		{name: "sas", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "https://acct.blob.core.windows.net/c?sv=2024-01-01&se=2027-01-01&sp=r&sig="+s))
		}},
		{name: "slack hook", oneLine: true, plain: true, put: func(s string) Draft {
			return props(object("x", "https://hooks.slack.com/services/T00000000/B00000000/"+s))
		}},
	}
	for _, name := range []string{
		"password", "PASSWD", "pwd", "clientSecret", "client_secret", "token", "ApiKey", "api-key", "access_key", "accountKey",
		"primary_access_key", "secondaryKey", "sharedKey", "administratorLoginPassword", "admin_password", "DB_PASS", "dbpassword", "SAS_TOKEN",
		"private_key", "privateKeyPem", "sshPrivateKey", "credentials", "passphrase", "master_password", "AUTH_TOKEN", "bearerToken", "signing_key",
		"encryptionKey", "kube_config_raw", "protectedSettings", "primary_connection_string", "storageConnectionString", "JWT_SECRET", "SECRET_KEY_BASE",
		"spring.datasource.password", "POSTGRES_PASSWORD", "secretAccessKey", "aws_secret_access_key", "psk", "passwords",
	} {
		out = append(out, named(name))
	}
	return out
}

// leaks returns the first part of the secret that output shows, or "".
func leaks(output, secret string) string {
	forms := []string{secret, quoted(secret)[1 : len(quoted(secret))-1]}
	for shift := range 3 {
		// base64 of the secret, wherever it stands in what was encoded: the characters that depend on its neighbours left out.
		e := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
		if from, to := 4*((shift+2)/3), len(e)-2; shift > 0 && to-from >= 8 {
			forms = append(forms, e[from:to])
		} else if shift == 0 && len(e) > 10 {
			forms = append(forms, e[:len(e)-2])
		}
	}
	for _, f := range forms {
		if f != "" && strings.Contains(output, f) {
			return f
		}
	}
	// No longer part of it either.
	for i := 0; i+12 <= len(secret); i += 4 {
		if part := secret[i : i+12]; !strings.ContainsAny(part, "\n -") && strings.Contains(output, part) {
			return part
		}
	}
	return ""
}

// everything that a resource can show: itself, its snapshot, its tree, what was not read.
func shown(t *testing.T, s *Sealer, d Draft) string {
	t.Helper()
	d.ID, d.Origin = "r", Origin{Input: "in.json", Line: 1}
	if d.Form == "" {
		d.Form = ARM
	}
	r, nr, err := s.Seal(d)
	if err != nil {
		return err.Error()
	}
	one, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := NewSnapshot(Meta{CollectedAt: "2026-01-31T09:30:00Z", KeyID: s.KeyID()}, []Resource{r}, nr)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	all.Write(one)
	if err := snap.Encode(&all); err != nil {
		t.Fatal(err)
	}
	v, err := r.Tree()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&all, "%v %v", v, nr)
	return all.String()
}

// rounds is how many secrets of each sort are put in each place.
const rounds = 6

// TestSecretsBySight: what has a published format or is random goes, wherever it stands.
func TestSecretsBySight(t *testing.T) {
	s := testSealer(t)
	sorts := append(append(publishedFormats(), randomStrings()...), privateKeys()...)
	tried, missed := 0, 0
	for _, k := range sorts {
		for _, p := range anywhere() {
			m := maker{rand.New(rand.NewPCG(1, 2))}
			for range rounds {
				secret := k.make(m)
				if p.oneLine && strings.Contains(secret, "\n") {
					continue
				}
				tried++
				if part := leaks(shown(t, s, p.put(secret)), secret); part != "" {
					missed++
					t.Errorf("%s, %s: %q shows %q", k.name, p.name, secret, part)
				}
			}
		}
	}
	t.Logf("%d secrets of %d sorts in %d places, %d missed", tried, len(sorts), len(anywhere()), missed)
}

// TestSecretsByName: what a name or a syntax calls a secret goes, whatever it looks like.
func TestSecretsByName(t *testing.T) {
	s := testSealer(t)
	sorts := append(append(passwords(), publishedFormats()...), randomStrings()...)
	tried := 0
	for _, k := range sorts {
		for _, p := range told() {
			m := maker{rand.New(rand.NewPCG(3, 4))}
			for range 3 {
				secret := k.make(m)
				if p.plain && strings.ContainsAny(secret, "/+=:#!~") || p.oneLine && strings.Contains(secret, "\n") {
					continue
				}
				tried++
				if part := leaks(shown(t, s, p.put(secret)), secret); part != "" {
					t.Errorf("%s, %s: %q shows %q", k.name, p.name, secret, part)
				}
			}
		}
	}
	t.Logf("%d secrets of %d sorts in %d places", tried, len(sorts), len(told()))
}
