package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/stream"
)

// madeStream is a stream with the secret that is told once.
type madeStream struct {
	Stream stream.Stream `json:"stream"`
	Secret string        `json:"secret,omitempty"`
}

// streams is c4arch stream: what the organisation sends to other systems.
func (r *run) streams() *cobra.Command {
	return holder("stream", "Send the ledger and the access log to a SIEM",
		"A stream sends the ledger, the access log and signed checkpoints of the organisation to another system, in order and at least once: syslog over TLS, OCSF over HTTPS, "+
			"or lines of JSON that are fetched. What cannot be delivered is put aside, and can be sent again. Webhooks are streams too.",
		r.streamList("/streams", "stream"), r.streamCreate(), r.streamRemove("stream"), r.streamSwitch("off", "Switch a stream or a webhook off", true), r.streamSwitch("on", "Switch a stream or a webhook on", false),
		r.streamTest("stream"), r.streamReplay(), r.streamDead())
}

// webhooks is c4arch webhook: streams of chosen events, signed.
func (r *run) webhooks() *cobra.Command {
	return holder("webhook", "Send events to an address, signed",
		"A webhook sends the events that were chosen to an address, one a request, signed as Standard Webhooks describes (https://www.standardwebhooks.com). What else there is to do with "+
			"one, c4arch stream does.",
		r.streamList("/webhooks", "webhook"), r.webhookCreate(), r.streamRemove("webhook"), r.streamTest("webhook"), r.webhookRotate())
}

func (r *run) streamList(path, noun string) *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("list", "List "+noun+"s, and how far each is", "  c4arch "+noun+" list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[stream.View](ctx, c, path)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|KIND|NAME|ADDRESS|STATE|BEHIND", func(row func(...any)) {
			for i := range items {
				state, behind := standing(&items[i])
				row(items[i].ID, items[i].Kind, items[i].Name, items[i].Address, state, behind)
			}
		})
	}), &asJSON)
}

// standing says in a few words how a stream is, and how much of it waits.
func standing(v *stream.View) (state, behind string) {
	state = "on"
	var waits []string
	for _, p := range v.Positions {
		if p.Since != nil {
			state = "failing: " + p.Error
		}
		if p.Source != stream.FromCheckpoint {
			waits = append(waits, fmt.Sprintf("%d of %s", p.Behind, p.Source))
		}
	}
	if v.Off {
		state = "off"
	}
	return state, strings.Join(waits, ", ")
}

func (r *run) streamCreate() *cobra.Command {
	var body struct {
		Kind          string   `json:"kind"`
		Name          string   `json:"name"`
		Address       string   `json:"address,omitempty"`
		Sources       []string `json:"sources,omitempty"`
		Kinds         []string `json:"kinds,omitempty"`
		Personal      bool     `json:"personal,omitempty"`
		Authorization string   `json:"authorization,omitempty"`
		Start         string   `json:"start,omitempty"`
	}
	var credential string
	var asJSON bool
	cmd := r.verb("create KIND", "Make a stream: syslog, ocsf or pull", "  c4arch stream create syslog --name SIEM --address siem.contoso.example:6514\n"+
		"  c4arch stream create ocsf --name lake --address https://lake.contoso.example/ocsf --credential-file token.txt\n  c4arch stream create pull --name collector",
		exactly(1, "a kind"), func(ctx context.Context, c Remote, args []string) error {
			body.Kind = args[0]
			if credential != "" {
				text, err := r.credential(credential)
				if err != nil {
					return err
				}
				body.Authorization = text
			}
			return r.makeStream(ctx, c, "/streams", body, asJSON)
		})
	f := cmd.Flags()
	f.StringVar(&body.Name, "name", "", "`NAME` of the stream")
	f.StringVar(&body.Address, "address", "", "`ADDRESS`: HOST:PORT of a collector of syslog, https://HOST/PATH of ocsf")
	f.StringSliceVar(&body.Sources, "source", nil, "ledger, access or checkpoint (default: all)")
	f.StringSliceVar(&body.Kinds, "kind", nil, "`KIND` of entries of the ledger: scan.failed, member.* (default: all)")
	f.BoolVar(&body.Personal, "personal", false, "send personal data too")
	f.StringVar(&credential, "credential-file", "", "`FILE` with the Authorization header that a receiver of ocsf wants; - reads it from the standard input")
	f.StringVar(&body.Start, "start", "now", "where it begins: now, or start")
	return jsonFlag(required(cmd, "name"), &asJSON)
}

// maxCredential is how long a credential can be, in bytes.
const maxCredential = 4 << 10

// credential reads a credential from a file: on the command line others could see it.
func (r *run) credential(name string) (string, error) {
	from := r.env.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", fault.Wrap(fault.Invalid, err, "the credential cannot be read")
		}
		defer f.Close() //nolint:errcheck // it was only read
		from = f
	}
	b, err := io.ReadAll(io.LimitReader(from, maxCredential+1))
	if err != nil || len(b) > maxCredential {
		return "", fault.New(fault.Invalid, "the credential cannot be read, or has more than %d bytes", maxCredential)
	}
	return strings.TrimSpace(string(b)), nil
}

func (r *run) makeStream(ctx context.Context, c Remote, path string, body any, asJSON bool) error {
	var made madeStream
	if err := c.Call(ctx, http.MethodPost, path, "", body, &made); err != nil {
		return err
	}
	return r.tellStream(made, asJSON)
}

func (r *run) tellStream(made madeStream, asJSON bool) error {
	if asJSON {
		return writeJSON(r.env.Stdout, made)
	}
	if made.Secret == "" {
		return r.say("Stream %s (%s)\n", visible(made.Stream.ID), visible(string(made.Stream.Kind)))
	}
	return r.say("Webhook %s. What it is signed with, which is shown once:\n%s\n", visible(made.Stream.ID), visible(made.Secret))
}

func (r *run) webhookCreate() *cobra.Command {
	var body struct {
		Name     string   `json:"name"`
		Address  string   `json:"address"`
		Kinds    []string `json:"kinds,omitempty"`
		Personal bool     `json:"personal,omitempty"`
	}
	var asJSON bool
	cmd := r.verb("create ADDRESS", "Make a webhook", "  c4arch webhook create https://hooks.contoso.example/c4arch --name alerts --kind scan.failed --kind finding.opened --kind member.*",
		exactly(1, "an address"), func(ctx context.Context, c Remote, args []string) error {
			body.Address = args[0]
			return r.makeStream(ctx, c, "/webhooks", body, asJSON)
		})
	cmd.Flags().StringVar(&body.Name, "name", "", "`NAME` of the webhook")
	cmd.Flags().StringSliceVar(&body.Kinds, "kind", nil, "`KIND` of events: scan.failed, member.*, finding.opened (default: all)")
	cmd.Flags().BoolVar(&body.Personal, "personal", false, "send personal data too")
	return jsonFlag(required(cmd, "name"), &asJSON)
}

func (r *run) webhookRotate() *cobra.Command {
	var atOnce, asJSON bool
	cmd := r.verb("rotate WEBHOOK", "Give a webhook another secret", "  c4arch webhook rotate wh_01jq8z6y5x4w3v2t1s0r9q8p7n", exactly(1, "the id of a webhook"), func(ctx context.Context, c Remote, args []string) error {
		var made madeStream
		if err := c.Call(ctx, http.MethodPost, "/streams/"+pathSegment(args[0])+"/secret", "", map[string]bool{"atOnce": atOnce}, &made); err != nil {
			return err
		}
		return r.tellStream(made, asJSON)
	})
	cmd.Long = "Rotate gives a webhook another secret. The one before signs for another day beside it, so that the receiver can change over."
	cmd.Flags().BoolVar(&atOnce, "at-once", false, "the one before signs nothing any more: somebody else knows it")
	return jsonFlag(cmd, &asJSON)
}

func (r *run) streamRemove(noun string) *cobra.Command {
	return r.verb("remove "+strings.ToUpper(noun), "Remove a "+noun+", with what could not be delivered to it", "  c4arch "+noun+" remove st_01jq8z6y5x4w3v2t1s0r9q8p7n", exactly(1, "the id of a "+noun),
		func(ctx context.Context, c Remote, args []string) error {
			return c.Call(ctx, http.MethodPost, "/streams/"+pathSegment(args[0])+"/removal", "", nil, nil)
		})
}

func (r *run) streamSwitch(use, short string, off bool) *cobra.Command {
	return r.verb(use+" STREAM", short, "  c4arch stream "+use+" st_01jq8z6y5x4w3v2t1s0r9q8p7n", exactly(1, "the id of a stream"), func(ctx context.Context, c Remote, args []string) error {
		return c.Call(ctx, http.MethodPatch, "/streams/"+pathSegment(args[0]), "", map[string]bool{"off": off}, nil)
	})
}

func (r *run) streamTest(noun string) *cobra.Command {
	return r.verb("test "+strings.ToUpper(noun), "Send a test message now", "  c4arch "+noun+" test st_01jq8z6y5x4w3v2t1s0r9q8p7n", exactly(1, "the id of a "+noun), func(ctx context.Context, c Remote, args []string) error {
		var out stream.Tested
		if err := c.Call(ctx, http.MethodPost, "/streams/"+pathSegment(args[0])+"/test", "", nil, &out); err != nil {
			return err
		}
		if !out.Delivered {
			return fault.New(fault.Unavailable, "the test message was not delivered: %s", visible(out.Error))
		}
		return r.say("Delivered\n")
	})
}

func (r *run) streamReplay() *cobra.Command {
	var source, delivery string
	next := int64(-1)
	cmd := r.verb("replay STREAM", "Send again what was put aside, or everything from a position on",
		"  c4arch stream replay st_01jq8z6y5x4w3v2t1s0r9q8p7n\n  c4arch stream replay st_01jq8z6y5x4w3v2t1s0r9q8p7n --source ledger --from 0", exactly(1, "the id of a stream"),
		func(ctx context.Context, c Remote, args []string) error {
			at := "/streams/" + pathSegment(args[0])
			if next >= 0 {
				return c.Call(ctx, http.MethodPost, at+"/replay", "", map[string]any{"source": source, "next": next}, nil)
			}
			at += "/deliveries"
			if delivery != "" {
				at += "/" + pathSegment(delivery)
			}
			var out struct {
				Count int `json:"count"`
			}
			if err := c.Call(ctx, http.MethodPost, at+"/replay", "", nil, &out); err != nil {
				return err
			}
			return r.say("%s will be sent again\n", count(out.Count, "range", "ranges"))
		})
	cmd.Flags().StringVar(&source, "source", "ledger", "ledger, access or checkpoint")
	cmd.Flags().Int64Var(&next, "from", -1, "`N`: index of an entry, number of a record or size of a checkpoint to begin again from")
	cmd.Flags().StringVar(&delivery, "delivery", "", "`ID` of one that was put aside (default: the oldest hundred)")
	cmd.MarkFlagsMutuallyExclusive("from", "delivery")
	return cmd
}

func (r *run) streamDead() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("dead STREAM", "List what could not be delivered and was put aside", "  c4arch stream dead st_01jq8z6y5x4w3v2t1s0r9q8p7n", exactly(1, "the id of a stream"), func(ctx context.Context, c Remote, args []string) error {
		items, err := all[stream.Delivery](ctx, c, "/streams/"+pathSegment(args[0])+"/deliveries?state=dead")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|SOURCE|FIRST|LAST|ATTEMPTS|SINCE|WHY", func(row func(...any)) {
			for _, d := range items {
				row(d.ID, d.Source, d.First, d.Last, d.Attempts, day(d.At), d.Error)
			}
		})
	}), &asJSON)
}
