package cli

import (
	"fmt"
	"net/http"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
)

// spoken is a destination as the API tells it.
type spoken struct {
	Host         string    `json:"host"`
	Port         int       `json:"port"`
	Purpose      string    `json:"purpose"`
	Outcome      string    `json:"outcome"`
	Organisation string    `json:"organisation"`
	Count        int64     `json:"count"`
	First        time.Time `json:"firstAt"`
	Last         time.Time `json:"lastAt"`
}

// mostDestinations is the most that the API tells at once.
const mostDestinations = 1000

func (r *run) destinations() *cobra.Command {
	var asJSON bool
	limit := 100
	cmd := &cobra.Command{
		Use:   "destinations",
		Short: "List whom the service has spoken to, for what and for whom",
		Long: "Destinations lists every host that the service of the login has opened a connection to, or tried to, with the purpose, the organisation for whom it was and how often: " +
			"what is held against a list of subprocessors. It is for the operator. What was refused is in the list too. Each minute what is new is written down.",
		Example: "  c4arch destinations\n  c4arch destinations --limit 1000 --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > mostDestinations {
				return fault.New(fault.Invalid, "--limit is a number from 1 to %d", mostDestinations)
			}
			c, err := r.remote()
			if err != nil {
				return err
			}
			var page pageOf[spoken]
			if err := c.Call(cmd.Context(), http.MethodGet, "/destinations?limit="+strconv.Itoa(limit), "", nil, &page); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(r.env.Stdout, page)
			}
			w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "DESTINATION\tPURPOSE\tOUTCOME\tFOR\tTIMES\tLAST")
			for _, d := range page.Items {
				fmt.Fprintf(w, "%s:%d\t%s\t%s\t%s\t%s\t%s\n", visible(d.Host), d.Port, visible(d.Purpose), visible(d.Outcome), visible(d.Organisation), number(int(d.Count)), d.Last.UTC().Format(time.RFC3339))
			}
			if err := w.Flush(); err != nil {
				return err
			}
			if len(page.Items) == limit {
				return r.say("\nand maybe more: --limit\n")
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&limit, "limit", limit, "the `N` that were spoken to last")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
