package home

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// cut is a dialer whose connections can be cut before or after what is sent.
type cut struct {
	mode atomic.Int32 // 0: as it is; 1: the next write is not sent; 2: the next write is sent, its answer is not read
}

func (c *cut) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: conn, cut: c}, nil
}

type cutConn struct {
	net.Conn
	cut  *cut
	dead atomic.Bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	switch c.cut.mode.Swap(0) {
	case 1:
		_ = c.Close()
		return 0, io.ErrClosedPipe
	case 2:
		c.dead.Store(true)
	}
	return c.Conn.Write(b)
}

func (c *cutConn) Read(b []byte) (int, error) {
	if c.dead.Load() {
		_, _ = c.Conn.Read(make([]byte, 1)) // the server has answered: it is done there
		_ = c.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return c.Conn.Read(b)
}

// A commit whose answer was lost is looked up: kept is kept, and what was not kept is said to be not kept.
func TestUnknownOutcome(t *testing.T) {
	d := pg.Start(t)
	c := &cut{}
	w := served(t, d, func(cfg *Config) {
		cfg.Server = d.Connect(t, func(o *sqldb.ServerOptions) { o.Dial, o.MaxConns = c.dial, 1 })
	})
	h := w.organisation()
	for mode, kept := range map[int32]bool{1: false, 2: true} {
		for range 2 { // the connection has prepared what it is going to send
			_, err := h.Commit(t.Context(), w.change(h.Org(), "project.created"), nil)
			must(t, err)
		}
		before := verify(t, h)
		h.core.step = func(at string) {
			if at == "ready" {
				c.mode.Store(mode)
			}
		}
		out, err := h.Commit(t.Context(), w.change(h.Org(), "project.created"), nil)
		h.core.step = nil
		after := verify(t, h)
		if kept && (err != nil || after != before+1 || out.Index != before) {
			t.Errorf("it was kept: %v, %d entries", err, after)
		}
		if !kept && (fault.KindOf(err) != fault.Unavailable || after != before || !errors.Is(err, sqldb.ErrUnknownOutcome)) {
			t.Errorf("it was not kept: %v, %d entries", err, after)
		}
	}
	_, err := h.Commit(t.Context(), w.change(h.Org(), "project.created"), nil)
	must(t, err)
}
