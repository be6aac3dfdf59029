package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
		sound:    prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "c4arch_ledger_sound", Help: "1 while the last verification of a ledger found nothing wrong, by home (instance, organisation)."}, []string{"home"}),
		control:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "c4arch_control_outcome", Help: "1 for the outcome of the last run of each check."}, []string{"check", "outcome"}),
		took:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "c4arch_control_seconds", Help: "Time of a check."}, []string{"check"}),
	}
}

func (t trustMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{t.verified, t.sound, t.control, t.took}
}

// LedgerVerified counts a verification; scope is the home, of which an organisation's id is no label.
func (m *Metrics) LedgerVerified(scope string, ok bool) {
	if scope != "platform" {
		scope = "organisation"
	}
	result, sound := "sound", 1.0
	if !ok {
		result, sound = "broken", 0
	}
	m.trust.verified.WithLabelValues(scope, result).Inc()
	m.trust.sound.WithLabelValues(scope).Set(sound)
}

// ControlRan keeps the outcome of a check.
func (m *Metrics) ControlRan(check string, outcome control.Outcome, took time.Duration) {
	for _, o := range []control.Outcome{control.Pass, control.Fail, control.Unknown} {
		v := 0.0
		if o == outcome {
			v = 1
		}
		m.trust.control.WithLabelValues(check, string(o)).Set(v)
	}
	m.trust.took.WithLabelValues(check).Observe(took.Seconds())
}
