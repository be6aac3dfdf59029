package secret

import (
	"strings"

	"c4arch/internal/base/tree"
)

// About says what is known of a tree before it is looked at.
type About struct {
	// Type is the type of the resource; one that speaks of a secret (azurerm_key_vault_secret) makes its
	// value, data or result a secret.
	Type       string
	Kubernetes bool
	Compose    bool
	// Sensitive are the places that the source marks sensitive.
	Sensitive []tree.Path
}

// Found is what was replaced.
type Found struct {
	Places []tree.Path
	// Unread are places whose text was replaced as a whole since it could not be looked into.
	Unread []tree.Path
}

// Tree replaces the secrets in v, in place.
func (c *Cleaner) Tree(v *tree.Value, about About) Found {
	w := walker{c: c, about: about, typed: about.Type != "" && Name(lastPart(about.Type)) == Opaque}
	for _, p := range about.Sensitive {
		if at := v.At(p); at != nil {
			w.at = w.at[:0]
			for step := range p.Steps() {
				w.at = append(w.at, step)
			}
			w.force(at)
		}
	}
	w.at = w.at[:0]
	w.value(v, trait{}, inherited{})
	if len(w.learned) > 0 {
		w.at = w.at[:0]
		w.repeat(v)
	}
	return w.found
}

// lastPart is the last word group of a type: sites of microsoft.web/sites, all of a Terraform type.
func lastPart(t string) string { return t[strings.LastIndexByte(t, '/')+1:] }

// inherited is what a value takes from the object or array that it stands in.
type inherited struct {
	class Class
}

// walker goes through a tree and knows the way to where it is.
type walker struct {
	c     *Cleaner
	about About
	typed bool
	depth int // of text within text
	at    []tree.Step
	found Found
	// learned are the secrets that a source or a name gave away.
	learned []string
}

func (w *walker) path() tree.Path {
	var p tree.Path
	for _, s := range w.at {
		if s.IsIndex {
			p = p.Index(s.Index)
		} else {
			p = p.Key(s.Key)
		}
	}
	return p
}

func (w *walker) note() { w.found.Places = append(w.found.Places, w.path()) }

// value cleans v, which stands under a name with trait t.
func (w *walker) value(v *tree.Value, t trait, in inherited) {
	if t.class == Open && t.points && in.class != Open {
		t.class = Reference
	}
	switch v.Kind {
	case tree.Object:
		w.object(v, t, in)
	case tree.Array:
		w.array(v, t, in)
	default:
		w.scalar(v, t, in)
	}
}

func (w *walker) array(v *tree.Value, t trait, in inherited) {
	w.at = append(w.at, tree.Step{IsIndex: true})
	last := len(w.at) - 1
	secretNext := false
	for i := range v.Items {
		w.at[last].Index = i
		it := &v.Items[i]
		if it.Kind == tree.String {
			if secretNext && !strings.HasPrefix(it.Text, "-") {
				w.opaque(it)
				secretNext = false
				continue
			}
			secretNext = w.flag(v, i)
		}
		w.value(it, t, in)
	}
	w.at = w.at[:last]
}

// flag reports whether item i of a command's arguments announces that the next one is a secret.
func (w *walker) flag(v *tree.Value, i int) bool {
	text := v.Items[i].Text
	if len(text) < 2 || text[0] != '-' && !isKeyword(text) || i+1 >= len(v.Items) || strings.IndexByte(text, '=') >= 0 {
		return false
	}
	next := v.Items[i+1].Str()
	switch text {
	case "-p", "-P", "-a", "-w":
		return !harmlessArgument(next)
	case "-u", "--user":
		return strings.IndexByte(next, ':') > 0 && !harmlessArgument(next)
	}
	return isKeyword(text) || w.c.traits(strings.TrimLeft(text, "-")).class == Opaque && !isReferenceText(next) && !wordOfState(next)
}

// isKeyword: the words that redis-server takes a password behind.
func isKeyword(s string) bool {
	return strings.EqualFold(s, "requirepass") || strings.EqualFold(s, "masterauth") ||
		strings.EqualFold(s, "--requirepass") || strings.EqualFold(s, "--masterauth")
}

// harmlessArgument: what follows a short flag that is not a password: a port, a path, a flag.
func harmlessArgument(s string) bool {
	if s == "" || s[0] == '/' || s[0] == '.' || s[0] == '-' || s[0] == '~' || isReferenceText(s) || wordOfState(s) {
		return true
	}
	return strings.Trim(s, "0123456789:/.tcpud") == ""
}

func (w *walker) object(v *tree.Value, t trait, in inherited) {
	in = w.inherit(v, t, in)
	w.at = append(w.at, tree.Step{})
	last := len(w.at) - 1
	pair := w.pairName(v)
	secretData := w.isSecretObject(v)
	for i := range v.Members {
		m := &v.Members[i]
		if name := w.c.name(m.Name); name != m.Name {
			m.Name = name
			w.at[last].Key = name
			w.note()
		}
		w.at[last].Key = m.Name
		mt := w.c.traits(m.Name)
		inner := in
		switch {
		case secretData && (m.Name == "data" || m.Name == "stringData"):
			w.force(&m.Value)
			continue
		case w.typed && (last == 0 || last == 1 && w.at[0].Key == "properties") && isPayload(m.Name):
			mt.class = Opaque
		case pair != "" && isPairValue(m.Name):
			if p := w.c.traits(pair); p.class != Open || mt.class == Open {
				mt = p
				if p.class == Reference {
					inner.class = Open
				}
			}
		case w.about.Compose && m.Name == "secrets" && m.Value.Kind == tree.Array:
			mt.class = Reference
		case m.Name == "secret" && w.namesSecret(v):
			mt.class = Reference
		case last > 0 && strings.EqualFold(w.at[last-1].Key, "permissions"):
			mt.class = Reference // what a policy allows with secrets: get, list
		}
		w.value(&m.Value, mt, inner)
	}
	w.at = w.at[:last]
}

// inherit says what the members of v take from it and from what it stands in.
func (w *walker) inherit(v *tree.Value, t trait, in inherited) inherited {
	switch t.class {
	case Opaque, Connection:
		in.class = t.class
	case Reference:
		in.class = Open
	}
	if typ := v.GetFold("type"); typ != nil && (strings.EqualFold(typ.Text, "securestring") || strings.EqualFold(typ.Text, "secureobject")) {
		in.class = Opaque
	}
	return in
}

// namesSecret reports whether v, which has a member "secret", is one of the blocks in which Google's provider says there
// which secret of Secret Manager is meant: an environment variable or a volume of Cloud Run or of a function
// (registry.terraform.io/providers/hashicorp/google, secret_key_ref, secret_environment_variables, secret_volumes, secret). Only what
// can be such a name is taken for one.
func (w *walker) namesSecret(v *tree.Value) bool {
	at := len(w.at) - 2
	if at >= 0 && w.at[at].IsIndex {
		at--
	}
	name := v.Get("secret")
	if at < 0 || name.Kind != tree.String || len(name.Text) > 255 || strings.ContainsAny(name.Text, ".$") || !isIdentifier(name.Text) {
		return false
	}
	has := func(keys ...string) bool {
		for _, k := range keys {
			if v.Get(k) == nil {
				return false
			}
		}
		return true
	}
	switch w.at[at].Key {
	case "secret_key_ref":
		return has("version")
	case "secret_environment_variables":
		return has("key", "version")
	case "secret_volumes":
		return has("mount_path")
	case "secret":
		return has("items") && has("default_mode")
	}
	return false
}

// isSecretObject: a Kubernetes Secret, also one that is written down in another object's annotation.
func (w *walker) isSecretObject(v *tree.Value) bool {
	kind := v.Get("kind")
	return kind != nil && kind.Text == "Secret" && (v.Get("data") != nil || v.Get("stringData") != nil)
}

// pairName returns the name of an object that is a name and a value, such as an environment variable.
func (w *walker) pairName(v *tree.Value) string {
	if len(v.Members) < 2 || len(v.Members) > 8 {
		return ""
	}
	name, hasValue := "", false
	for i := range v.Members {
		m := &v.Members[i]
		switch {
		case isPairName(m.Name) && m.Value.Kind == tree.String && name == "":
			name = m.Value.Text
		case isPairValue(m.Name):
			hasValue = true
		}
	}
	if !hasValue {
		return ""
	}
	return name
}

func isPairName(s string) bool {
	switch len(s) {
	case 3:
		return strings.EqualFold(s, "key")
	case 4:
		return strings.EqualFold(s, "name")
	case 7:
		return strings.EqualFold(s, "keyName")
	case 8:
		return strings.EqualFold(s, "variable") || strings.EqualFold(s, "key_name")
	}
	return false
}

func isPairValue(s string) bool {
	switch len(s) {
	case 5:
		return strings.EqualFold(s, "value")
	case 12:
		return strings.EqualFold(s, "defaultValue") || strings.EqualFold(s, "string_value")
	case 13:
		return strings.EqualFold(s, "default_value")
	}
	return false
}

// isPayload: where a resource that is a secret has it.
func isPayload(name string) bool {
	switch name {
	case "value", "data", "result", "secret_data", "string_data", "binary_data", "plaintext_value", "data_json", "data_wo",
		"value_wo", "bcrypt_hash", "secret", "content", "payload", "value_base64", "encrypted_value":
		return true
	}
	return false
}

// force replaces every scalar at and below v: its source says that it is secret. Of a URL or
// a connection string the hosts stay.
func (w *walker) force(v *tree.Value) {
	switch v.Kind {
	case tree.Null:
	case tree.Object:
		w.at = append(w.at, tree.Step{})
		for i := range v.Members {
			v.Members[i].Name = w.c.name(v.Members[i].Name)
			w.at[len(w.at)-1].Key = v.Members[i].Name
			w.force(&v.Members[i].Value)
		}
		w.at = w.at[:len(w.at)-1]
	case tree.Array:
		w.at = append(w.at, tree.Step{IsIndex: true})
		for i := range v.Items {
			w.at[len(w.at)-1].Index = i
			w.force(&v.Items[i])
		}
		w.at = w.at[:len(w.at)-1]
	default:
		if v.Text != "" {
			w.opaque(v)
		}
	}
}

// opaque replaces a scalar, save for the hosts in it.
func (w *walker) opaque(v *tree.Value) {
	if isReferenceText(v.Text) && v.Kind == tree.String {
		return
	}
	if w.c.done(v.Text) {
		w.note()
		return
	}
	w.learn(v.Text)
	to := w.c.whole(v.Text)
	if v.Kind == tree.String {
		to = w.c.reduce(v.Text)
	}
	v.Kind, v.Text = tree.String, to
	w.note()
}

// scalar cleans a value without parts.
func (w *walker) scalar(v *tree.Value, t trait, in inherited) {
	cl := t.class
	if cl == Open {
		cl = in.class
	}
	switch v.Kind {
	case tree.Number:
		if cl == Opaque && !(t.class == Opaque && t.token) {
			w.opaque(v)
		}
	case tree.String:
		w.str(v, t, cl)
	}
}

func (w *walker) str(v *tree.Value, t trait, cl Class) {
	switch {
	case v.Text == "":
	case w.c.done(v.Text):
		w.note()
		return
	case cl == Opaque && wordOfState(v.Text) || (cl == Opaque || cl == Connection) && isReferenceText(v.Text):
	case cl == Opaque && strings.HasPrefix(v.Text, "/") && strings.EqualFold(t.name(w), "pwd"):
	case cl == Opaque:
		w.opaque(v)
		return
	}
	out, read := w.c.text(v.Text, t, w.depth)
	if cl == Connection && out == v.Text && !isReferenceText(out) && !w.c.benign(out) {
		out = w.c.reduce(out)
	}
	if out == v.Text {
		if strings.Contains(out, Mark) {
			w.note() // cleaned before
		}
		return
	}
	v.Text = out
	w.note()
	if !read {
		w.found.Unread = append(w.found.Unread, w.path())
	}
}

// name is what the scalar stands under.
func (t trait) name(w *walker) string {
	if len(w.at) == 0 {
		return ""
	}
	return w.at[len(w.at)-1].Key
}
