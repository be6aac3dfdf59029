package home

import (
	"context"
	"errors"

	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// removed are the tables of an organisation that lose all their rows when it is destroyed, those that refer to others in front.
var removed = []string{
	"instruction", "record_version",
	"scim_group_member", "scim_group", "scim_user", "domain", "provider", "sign_in_policy",
	"seen", "baseline", "manifest", "snapshot", "overlay", "withdrawal", "pack",
	"subprocessor_notice", "mention", "comment", "notice", "message", "notice_setting", "reminder", "notice_position",
	"acceptance", "order_terms", "engagement",
	"evidence_pack", "trust_pack", "trust_acceptance", "layout", "free_text_hit", "free_text_scan", "free_text_policy", "example", "access_log", "delivery", "stream_position", "stream", "support_grant",
	"proposal", "exception", "finding", "comparison", "scan", "upload", "live_connection", "connection", "secret", "token", "service_account", "invitation", "recovery", "member", "project", "organisation",
	"ledger_subject", "job", "schedule", "idem", "inbox", "object", "home",
}

// remaining is the log itself: no role of the program can remove it. Its leaves hold commitments and no value; the values, which the
// destroyed key had sealed, are overwritten. So what the instance's log says of it can still be verified.
var remaining = []string{"ledger_head", "ledger_entry", "ledger_tile", "checkpoint", "key_check"}

// removeRows removes what an organisation had from a server. The head of its log is locked first and closed for good: what another replica, which may have the key in memory still,
// commits at this moment is there before it and is removed with the rest, or comes behind it and is refused.
func (hs *Homes) removeRows(ctx context.Context, org id.Org) error {
	db := hs.cfg.Server.Home(org)
	return db.Transact(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE ledger_head SET at = $1`, closedLog)
		for _, table := range removed {
			err = errors.Join(err, tx.Queue(ctx, `DELETE FROM `+table))
		}
		return errors.Join(err, tx.Queue(ctx, `UPDATE ledger_entry SET sealed = $1`, []byte{}))
	})
}
