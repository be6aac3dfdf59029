package observe

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"c4arch/internal/base/id"
	"c4arch/internal/service/stream"
)

// streamMetrics are those of streams and the access log. Whose a stream is, is no label.
type streamMetrics struct {
	sent *prometheus.CounterVec
	lost prometheus.Counter
	most prometheus.GaugeFunc

	mu     sync.Mutex
	behind map[string]int64
}

func newStreamMetrics() *streamMetrics {
	s := &streamMetrics{
		sent:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c4arch_stream_records_total", Help: "Records of streams, by kind and outcome: delivered, failed (once for each attempt), dead."}, []string{"kind", "outcome"}),
		lost:   prometheus.NewCounter(prometheus.CounterOpts{Name: "c4arch_access_log_lost_total", Help: "Requests that there was no room for in the access log; their number is in it."}),
		behind: map[string]int64{},
	}
	s.most = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "c4arch_stream_behind_records", Help: "Records that wait in the stream that is furthest behind, as this process saw them last."}, s.furthest)
	return s
}

func (s *streamMetrics) furthest() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var most int64
	for _, n := range s.behind {
		most = max(most, n)
	}
	return float64(most)
}

// StreamSent counts records of a stream.
func (m *Metrics) StreamSent(kind stream.Kind, outcome string, records int) {
	m.streams.sent.WithLabelValues(string(kind), outcome).Add(float64(records))
}

// StreamBehind notes how many records of a stream wait.
func (m *Metrics) StreamBehind(org id.Org, name string, records int64) {
	m.streams.mu.Lock()
	defer m.streams.mu.Unlock()
	key := string(org) + "/" + name
	if records == 0 {
		delete(m.streams.behind, key)
		return
	}
	m.streams.behind[key] = records
}

// AccessLost counts requests that are not in the access log.
func (m *Metrics) AccessLost(n int64) { m.streams.lost.Add(float64(n)) }

var _ stream.Meter = (*Metrics)(nil)
