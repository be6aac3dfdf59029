// Package icon holds the glyphs of technologies and of what they are for.
package icon
