// Package rules holds the rules of severity that come with the program, as the files of which the table is made.
package rules

import "embed"

// Files are the packs, one YAML file each; the order of their names is the order of the table.
//
//go:embed *.yaml
var Files embed.FS
