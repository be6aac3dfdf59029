// Package e2e drives what the product makes in the programs of those who use it: the page in a real
// browser, the text formats in their own readers. Its tests need Chromium, and some need node and
// the packages in package.json, so they are built with the tag e2e only:
//
//	(cd test/e2e && npm install --no-package-lock)
//	go test -tags e2e ./test/e2e
//
// With -shots DIR they leave screenshots in DIR, for a person to look at.
package e2e
