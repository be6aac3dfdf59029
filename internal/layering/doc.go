// Package layering holds the tests of who may import whom, of what each module is needed for, and
// of what pure code must not reach for. It has no code of its own. The table is in
// table_test.go; docs/architecture.md shows it as a picture.
package layering
