// Package discover is the use case of a scan: what the user points at goes in; a snapshot of
// evidence and the architecture derived from it come out.
//
// It joins the readers (each input goes to the first reader that claims its content), seals what they
// find before anything is kept, and promises that the result does not depend on the number of workers, that an
// input which breaks off gives no resources at all, that what could not be read is listed with its
// input, its line and what to do, and that no secret stands in any of its messages. A reader
// that panics costs its input, not the scan.
//
// It has no files and no network of its own: inputs come from the port [Finder], and the wiring is
// in internal/app.
package discover
