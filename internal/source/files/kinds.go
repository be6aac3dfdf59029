package files

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"

	"c4arch/internal/base/tree"
)

// documentNames are the endings under which infrastructure documents usually lie: what goes
// wrong with such a file is told even if it was only found.
var documentNames = map[string]bool{".json": true, ".yaml": true, ".yml": true, ".tfstate": true, ".bicep": true}

func documentName(name string) bool { return documentNames[strings.ToLower(path.Ext(name))] }

// passedEndings are those of files that are certainly no infrastructure document, so that
// they need not be opened.
var passedEndings = endings(`
.backup .bak .orig .swp .tmp .log .lock .sum .hcl .tfvars .tfplan
.go .c .h .cc .cpp .hpp .cs .csproj .sln .fs .vb .java .kt .kts .scala .groovy .gradle .py .pyc .ipynb .rb .php .pl .rs .swift
.js .cjs .mjs .jsx .ts .tsx .vue .svelte .dart .ex .exs .erl .clj .lua .r .sql .sh .bash .zsh .fish .ps1 .psm1 .bat .cmd .proto .graphql
.html .htm .css .scss .sass .less .map .svg .xml .xsd .tmpl .gotmpl .templ .j2 .erb .mustache .hbs
.md .mdx .rst .adoc .txt .tex .csv .tsv .pdf .doc .docx .xls .xlsx .ppt .pptx .drawio .puml .mmd .dsl .d2 .dot
.png .jpg .jpeg .gif .bmp .ico .webp .tif .tiff .psd .mp3 .mp4 .mov .avi .mkv .wav .ttf .otf .woff .woff2 .eot
.zip .gz .tgz .tar .bz2 .xz .zst .7z .rar .jar .war .whl .deb .rpm .iso .dmg .vmdk .vhd .qcow2
.exe .dll .so .dylib .a .o .obj .lib .class .wasm .bin .dat .db .sqlite .sqlite3 .pack .idx
.pem .key .crt .cer .der .pfx .p12 .jks .kdbx .gpg .asc .pub
`)

func endings(list string) map[string]bool {
	set := map[string]bool{}
	for e := range strings.FieldsSeq(list) {
		set[e] = true
	}
	return set
}

func passOver(name string) bool { return passedEndings[strings.ToLower(path.Ext(name))] }

// codeFiles gathers the files of one directory that are code read as a whole: a Terraform or OpenTofu module.
type codeFiles struct{ terraform []string }

func (c *codeFiles) take(name string) bool {
	switch path.Ext(strings.TrimSuffix(name, ".json")) {
	case ".tf", ".tofu":
		c.terraform = append(c.terraform, name)
		return true
	}
	return false
}

// valueFile reports whether a file that the user named gives values to the parameters of code.
func valueFile(name string, o tree.Outline) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json") ||
		strings.Contains(strings.ToLower(o.Keys["$schema"]), "deploymentparameters.json")
}

// headSize is how much of a file is looked at to tell whether it may be a document.
const headSize = 4096

// yamlLimit bounds a file that only may be YAML by its first line; a real one of that size has a
// name that says so.
const yamlLimit = 4 << 20

// yamlLine is a first line of YAML that holds a mapping or a list: "key:", "- item", "---", "%YAML".
var yamlLine = regexp.MustCompile(`^(---|%YAML|- |["']?[A-Za-z_$][\w$./ -]*["']?:([ \t]|$))`)

// mayBe reports whether a file that starts with head may be a JSON or YAML document.
func mayBe(name string, head []byte, size int64) bool {
	text := head
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		decoded, err := tree.Decode(head[:len(head)&^1])
		if err != nil {
			return documentName(name)
		}
		text = decoded
	} else if bytes.IndexByte(head, 0) >= 0 {
		return documentName(name) // said to be a document, but binary: reported
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return true
	}
	if documentName(name) {
		return true
	}
	if size > yamlLimit {
		return false
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		return yamlLine.Match(line)
	}
	return false
}

// own tells what an earlier scan wrote: it is derived from evidence and no evidence.
func own(o tree.Outline) (what string, yes bool) {
	switch f := o.Keys["format"]; f {
	case "c4arch-model", "c4arch-snapshot", "c4arch-summary":
		return fmt.Sprintf("it is an output of c4arch (%s), not infrastructure", f), true
	}
	return "", false
}

func yamlName(name string) bool {
	e := strings.ToLower(path.Ext(name))
	return e == ".yaml" || e == ".yml"
}
