package app

import (
	"time"

	inputs "c4arch/examples"
	"c4arch/internal/app/serve"
	scanpages "c4arch/internal/inbound/portal/scan"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/discover"
	"c4arch/internal/source/files"
)

// exampleAge is how long before the last inputs of the example the first were collected: long enough that something was changed meanwhile.
const exampleAge = 7 * 24 * time.Hour

// exampleInputs are what the example is made from, the oldest first.
func exampleInputs() ([]discover.Example, error) {
	var out []discover.Example
	for _, x := range []struct {
		files func() ([]inputs.File, error)
		age   time.Duration
	}{{inputs.Contoso, exampleAge}, {inputs.ContosoChanged, 0}} {
		all, err := x.files()
		if err != nil {
			return nil, err
		}
		handed := make([]files.Handed, len(all))
		for i, f := range all {
			handed[i] = files.Handed{Name: f.Name, Data: f.Data}
		}
		data, err := files.Wrap(handed, files.PackedLimits{})
		if err != nil {
			return nil, err
		}
		out = append(out, discover.Example{Data: data, Age: x.age})
	}
	return out, nil
}

// scanDesk is the pages of scans.
func (in *instance) scanDesk() web.Desk {
	return scanpages.Desk(scanpages.Ports{
		Project: in.accounts.Project, List: in.scans.List, Get: in.scans.Get, Start: in.scans.Start, Connections: in.accounts.Connections, Summary: in.summary, Names: in.names,
		Wrap: wrapped, Ticks: everySecond, Draining: serve.Draining, MaxUpload: in.scans.MaxUpload,
	})
}

// wrapped packs files that a browser has sent.
func wrapped(all []scanpages.File) ([]byte, error) {
	handed := make([]files.Handed, len(all))
	for i, f := range all {
		handed[i] = files.Handed{Name: f.Name, Data: f.Data}
	}
	return files.Wrap(handed, files.PackedLimits{})
}

func everySecond() (ticks <-chan time.Time, stop func()) {
	t := time.NewTicker(time.Second)
	return t.C, t.Stop
}
