// Package schema is the schema of every home on both engines, as one text of numbered steps, and what class of data each column holds.
//
// The text is written in the words of SQLite. For PostgreSQL INTEGER becomes bigint, BLOB bytea, and WITHOUT ROWID goes; {{org}} is the column org_id, pinned to
// the home: in SQLite to the one organisation of the file, in PostgreSQL to the organisation of the transaction, by forced row security on every table. Each step
// says in its first line which homes have it.
package schema

import "embed"

// Steps are the migrations, sql/0001_name.sql and so on, without a gap.
//
//go:embed sql/*.sql
var Steps embed.FS
