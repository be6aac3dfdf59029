package witness

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"c4arch/internal/trust/ledger"
)

// The times that a client gets.
const (
	headerTime   = 5 * time.Second
	readTime     = 15 * time.Second
	writeTime    = 15 * time.Second
	idleTime     = 2 * time.Minute
	shutdownTime = 10 * time.Second
	maxAtOnce    = 64
	maxHeader    = 16 << 10
)

// statuses are those of c2sp.org/tlog-witness.
var statuses = map[ledger.Refusal]int{
	ledger.RefusedForm:      http.StatusBadRequest,
	ledger.RefusedSignature: http.StatusForbidden,
	ledger.RefusedOrigin:    http.StatusNotFound,
	ledger.RefusedSize:      http.StatusConflict,
	ledger.RefusedRoot:      http.StatusConflict,
	ledger.RefusedProof:     http.StatusUnprocessableEntity,
}

// Handler answers POST /add-checkpoint, and nothing else.
func (w *Witness) Handler() http.Handler {
	room := make(chan struct{}, maxAtOnce)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
		default:
			rw.Header().Set("Retry-After", "1")
			http.Error(rw, "busy", http.StatusServiceUnavailable)
			return
		}
		w.serve(rw, r)
	})
	return mux
}

func (w *Witness) serve(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	rw.Header().Set("Cache-Control", "no-store")
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, ledger.MaxRequest))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(rw, "the request is too large", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(rw, "the request could not be read", http.StatusBadRequest)
		return
	}
	req, err := ledger.ParseRequest(body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	line, err := w.Add(req)
	var no *ledger.RefusedError
	switch {
	case errors.As(err, &no):
		w.refuse(rw, r, no)
	case err != nil:
		w.log.ErrorContext(r.Context(), "a checkpoint could not be cosigned", slog.Any("error", err))
		http.Error(rw, "the witness cannot keep its state", http.StatusServiceUnavailable)
	default:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(line) // the client asks again when the answer is lost
	}
}

func (w *Witness) refuse(rw http.ResponseWriter, r *http.Request, no *ledger.RefusedError) {
	if no.Why == ledger.RefusedRoot || no.Why == ledger.RefusedProof {
		// The log has signed what does not fit: somebody should look.
		w.log.WarnContext(r.Context(), "a signed checkpoint does not continue what was cosigned", slog.String("why", string(no.Why)), slog.Int64("held", no.Held))
	}
	status := statuses[no.Why]
	if status != http.StatusConflict {
		http.Error(rw, no.Msg, status)
		return
	}
	rw.Header().Set("Content-Type", "text/x.tlog.size")
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, strconv.FormatInt(no.Held, 10)+"\n")
}

// Serve answers on a listener until ctx is done, and then ends what is under way.
func (w *Witness) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler: w.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return s.Shutdown(end)
}
