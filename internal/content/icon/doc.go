// Package icon holds glyphs that say at a glance what a thing is: those of well-known technologies, from simple-icons, and
// signs of our own for what a thing is for. A glyph stands beside words that say the same; nothing hangs on it.
//
// [Find] looks a technology up as people write it: "PostgreSQL 15", "Azure Database for PostgreSQL" and "postgres:16-alpine" are
// one. The text is read as words in small letters, without versions. At each word the longest phrase that is known counts
// ("key vault" before "vault"). A phrase that names a technology goes before one that says what a thing is for, and the
// earlier goes before the later; where no phrase is known, the type of the resource in Azure, AWS, Google Cloud or
// Kubernetes decides, and where that is not known either, there is no glyph.
//
// Glyphs of technologies are trademarks of their owners: brands.txt says where they are from and under which licence.
package icon
