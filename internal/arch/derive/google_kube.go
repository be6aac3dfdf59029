package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// googleSetting claims the resources of Google Cloud that a setting or an argument of a workload names: a topic by its
// relative name, a database server by its connection name (GR6, GR7).
func (rd *reader) googleSetting(value string, p tree.Path, line int, users []*thing) bool {
	if len(rd.b.ofProject) == 0 {
		return false
	}
	found := false
	for w := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`,;=?&", r) }) {
		c := claim{path: p, line: line, value: w, rule: "GR6", act: relate, label: "calls", conf: c4.High, joined: true, from: users}
		switch {
		case evidence.GoogleName(w) != "":
		case strings.Count(w, ":") >= 2: // project:region:instance, and in older proxies a port behind it
			c.rule = "GR7"
			w = connectionName(w)
		default:
			continue
		}
		for _, t := range rd.b.nameOf(w) {
			if isGoogle(t.typ) {
				c.targets = append(c.targets, t)
			}
		}
		if len(c.targets) == 0 {
			continue
		}
		rd.settingLabel(&c, w)
		rd.add(c)
		found = true
	}
	return found
}

// googleImage claims the repository of Artifact Registry that a workload's image is in (GR9).
func (rd *reader) googleImage(img *tree.Value, p tree.Path) {
	if ts := rd.b.nameOf(imageRepository(img.Text)); len(ts) > 0 {
		rd.add(claim{path: p, line: int(img.Line), value: img.Text, rule: "GR9", act: relate, label: "pulls images from", conf: c4.Certain, joined: true, targets: ts})
	}
}
