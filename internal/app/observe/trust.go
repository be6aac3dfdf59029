package observe

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/control"
)

// trustMetrics are what an operator is to be woken by: a log that does not verify, a control that does not hold.
type trustMetrics struct {
	verified *prometheus.CounterVec
	sound    *prometheus.GaugeVec
	control  *prometheus.GaugeVec
	took     *prometheus.HistogramVec
}

func newTrustMetrics() trustMetrics {
	return trustMetrics{
		verified: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c4arch_ledger_verifications_total", Help: "Verifications of ledgers, by home (instance, organisation) and result."}, []string{"home", "result"}),
		sound:    prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "c4arch_ledger_sound", Help: "1 while no ledger was found wrong that has not been found right since, by home (instance, organisation)."}, []string{"home"}),
		control:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "c4arch_control_outcome", Help: "1 for the outcome of the last run of each check."}, []string{"check", "outcome"}),
		took:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "c4arch_control_seconds", Help: "Time of a check."}, []string{"check"}),
	}
}

func (t trustMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{t.verified, t.sound, t.control, t.took}
}

// standing is what was found wrong and has not been found right since.
type standing struct {
	mu     sync.Mutex
	broken map[broken]bool
	failed map[string]control.Outcome // checks that did not pass
}

// broken is a log, and how it was looked at.
type broken struct {
	log   id.Org
	depth auditing.Depth
}

// LedgerVerified counts a verification. An organisation's id is no label; one log that is broken stays so, however many others are sound.
func (m *Metrics) LedgerVerified(log id.Org, d auditing.Depth, ok bool) {
	home, result := homeOf(log), "sound"
	if !ok {
		result = "broken"
	}
	m.trust.verified.WithLabelValues(home, result).Inc()
	m.stands.mu.Lock()
	defer m.stands.mu.Unlock()
	if ok {
		delete(m.stands.broken, broken{log, d})
	} else {
		m.stands.broken[broken{log, d}] = true
	}
	sound := 1.0
	for b := range m.stands.broken {
		if homeOf(b.log) == home {
			sound = 0
		}
	}
	m.trust.sound.WithLabelValues(home).Set(sound)
}

func homeOf(log id.Org) string {
	if log == id.Platform {
		return "instance"
	}
	return "organisation"
}

// Unsound are the logs that did not verify when they were last looked at, in order: ids of organisations, for the internal listener and not for a label.
func (m *Metrics) Unsound() []string {
	m.stands.mu.Lock()
	defer m.stands.mu.Unlock()
	var list []string
	for b := range m.stands.broken {
		list = append(list, string(b.log)+" ("+string(b.depth)+")")
	}
	slices.Sort(list)
	return list
}

// Failing are the checks of controls whose last run failed, in order. Unknown is not among them: it is no pass, and no alarm.
func (m *Metrics) Failing() []string {
	m.stands.mu.Lock()
	defer m.stands.mu.Unlock()
	var list []string
	for check, o := range m.stands.failed {
		if o == control.Fail {
			list = append(list, check)
		}
	}
	slices.Sort(list)
	return list
}

// ControlRan keeps the outcome of a check.
func (m *Metrics) ControlRan(check string, outcome control.Outcome, took time.Duration) {
	for _, o := range []control.Outcome{control.Pass, control.Fail, control.Unknown, control.Empty} {
		v := 0.0
		if o == outcome {
			v = 1
		}
		m.trust.control.WithLabelValues(check, string(o)).Set(v)
	}
	m.trust.took.WithLabelValues(check).Observe(took.Seconds())
	m.stands.mu.Lock()
	defer m.stands.mu.Unlock()
	m.stands.failed[check] = outcome
}
