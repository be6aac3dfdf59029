package serve

import (
	"encoding/json"
	"fmt"
	"net/http"

	"c4arch/internal/app/observe"
)

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status  int
	bytes   int64
	aborted bool
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection: streams flush and move deadlines through it.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// cut is what the log says of an answer that was broken off; no such status is ever sent.
const cut = 599

func (r *recorder) statusOf() int {
	switch {
	case r.aborted:
		return cut
	case r.status == 0:
		return http.StatusOK
	}
	return r.status
}

// problem answers with RFC 9457.
func problem(w http.ResponseWriter, r *http.Request, status int, detail string) {
	b, err := json.Marshal(struct {
		Type    string `json:"type"`
		Title   string `json:"title"`
		Status  int    `json:"status"`
		Detail  string `json:"detail"`
		Request string `json:"request,omitempty"`
	}{"about:blank", http.StatusText(status), status, detail, observe.RequestID(r.Context())})
	if err != nil {
		b = []byte("{}")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
