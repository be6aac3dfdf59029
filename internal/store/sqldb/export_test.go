package sqldb

import "context"

// Bare asks the server on any connection of its pool, outside a transaction of ours.
func (s *Server) Bare(ctx context.Context, to any, query string, args ...any) error {
	return s.pool.QueryRow(ctx, query, args...).Scan(to)
}

// StateOf is the kind of a SQLSTATE.
var StateOf = stateOf
