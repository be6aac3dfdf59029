package observe

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"c4arch/internal/trust/control"
)

// Metrics are the numbers of this process, in a registry of their own.
type Metrics struct {
	policy   prometheus.Counter
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	panics   prometheus.Counter
	jobs     *prometheus.CounterVec
	jobTime  *prometheus.HistogramVec
	commits  *prometheus.CounterVec
	commit   prometheus.Histogram
	trust    trustMetrics
	stands   standing
	streams  *streamMetrics
}

// Gauges are asked when somebody looks. A nil one is left out.
type Gauges struct {
	OpenHomes  func() int
	LedgerSize func() (int64, bool) // of the instance's ledger; false where it is not known yet
	// Egress counts what went out by purpose ("azure", "otlp"): how many connections, and to how many destinations. Destinations themselves are no label: a
	// customer's are the customer's.
	Egress func() map[string]Outgoing
	DueAge func() (time.Duration, bool) // how late the oldest due job is
	// BreakGlass says whether the sealed account of the platform was opened and stands so; false where it is not known.
	BreakGlass func() (open, known bool)
}

// Outgoing is what went out for a purpose.
type Outgoing struct{ Connections, Destinations, Refused int64 }

// NewMetrics makes them.
func NewMetrics(version string, g Gauges) *Metrics {
	seconds := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	m := &Metrics{
		stands:   standing{broken: map[broken]bool{}, failed: map[string]control.Outcome{}},
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c4arch_requests_total", Help: "Requests answered, by method, route and status."}, []string{"method", "route", "status"}),
		latency:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "c4arch_request_seconds", Help: "Time to answer, by method and route.", Buckets: seconds}, []string{"method", "route"}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "c4arch_panics_total", Help: "Requests that ended in a panic."}),
		jobs:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c4arch_jobs_total", Help: "Attempts of jobs, by kind and outcome."}, []string{"kind", "outcome"}),
		jobTime:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "c4arch_job_seconds", Help: "Time of attempts of jobs, by kind.", Buckets: append(seconds, 60, 300, 1800)}, []string{"kind"}),
		commits:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c4arch_commits_total", Help: "Changes, by outcome: committed, conflict, failed."}, []string{"outcome"}),
		commit:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "c4arch_commit_seconds", Help: "Time to commit a change, with waiting.", Buckets: seconds}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "c4arch_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.trust = newTrustMetrics()
	m.streams = newStreamMetrics()
	m.policy = prometheus.NewCounter(prometheus.CounterOpts{Name: "c4arch_policy_errors_total", Help: "Requests that were denied because a policy of access could not be evaluated: a mistake of this service, never of whoever asked."})
	m.registry.MustRegister(m.policy)
	m.registry.MustRegister(m.trust.collectors()...)
	m.registry.MustRegister(m.streams.sent, m.streams.lost, m.streams.most)
	m.registry.MustRegister(m.requests, m.latency, m.panics, m.jobs, m.jobTime, m.commits, m.commit, build, gauges{g},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves them in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second, MaxRequestsInFlight: 4})
}

// Request counts one.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	method = knownMethod(method)
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(method, route).Observe(took.Seconds())
}

// Panicked counts a request that ended in a panic.
func (m *Metrics) Panicked() { m.panics.Inc() }

// knownMethod keeps callers from making a series of every word that they invent (RFC 9110 section 9.3, RFC 5789).
func knownMethod(s string) string {
	switch s {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return s
	}
	return "other"
}

// gauges collects what is asked for at the moment.
type gauges struct{ g Gauges }

var (
	openHomes    = prometheus.NewDesc("c4arch_homes_open", "Homes of organisations that are held open.", nil, nil)
	ledgerSize   = prometheus.NewDesc("c4arch_ledger_entries", "Entries of the instance's ledger.", nil, nil)
	dueAge       = prometheus.NewDesc("c4arch_jobs_due_age_seconds", "How late the oldest due job is.", nil, nil)
	egressCount  = prometheus.NewDesc("c4arch_egress_connections_total", "Connections out, by purpose.", []string{"purpose"}, nil)
	egressPlaces = prometheus.NewDesc("c4arch_egress_destinations", "Different destinations of connections out, by purpose.", []string{"purpose"}, nil)
	breakGlass   = prometheus.NewDesc("c4arch_break_glass_open", "1 while the sealed account of the platform was opened and no new code is sealed.", nil, nil)
	egressNo     = prometheus.NewDesc("c4arch_egress_refused_total", "Connections out that were refused, by purpose.", []string{"purpose"}, nil)
)

func (c gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{openHomes, ledgerSize, dueAge, egressCount, egressPlaces, egressNo, breakGlass} {
		to <- d
	}
}

func (c gauges) Collect(to chan<- prometheus.Metric) {
	say := func(d *prometheus.Desc, k prometheus.ValueType, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, k, v, labels...)
	}
	if c.g.OpenHomes != nil {
		say(openHomes, prometheus.GaugeValue, float64(c.g.OpenHomes()))
	}
	if c.g.LedgerSize != nil {
		if n, ok := c.g.LedgerSize(); ok {
			say(ledgerSize, prometheus.GaugeValue, float64(n))
		}
	}
	if c.g.DueAge != nil {
		if d, ok := c.g.DueAge(); ok {
			say(dueAge, prometheus.GaugeValue, d.Seconds())
		}
	}
	if c.g.BreakGlass != nil {
		if open, known := c.g.BreakGlass(); known {
			say(breakGlass, prometheus.GaugeValue, map[bool]float64{true: 1}[open])
		}
	}
	if c.g.Egress != nil {
		for purpose, o := range c.g.Egress() {
			say(egressCount, prometheus.CounterValue, float64(o.Connections), purpose)
			say(egressPlaces, prometheus.GaugeValue, float64(o.Destinations), purpose)
			say(egressNo, prometheus.CounterValue, float64(o.Refused), purpose)
		}
	}
}

// PolicyFailed counts a policy that could not be evaluated.
func (m *Metrics) PolicyFailed() { m.policy.Inc() }
