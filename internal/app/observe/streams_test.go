package observe

import (
	"net/http/httptest"
	"strings"
	"testing"

	"c4arch/internal/service/stream"
)

func TestStreamMetrics(t *testing.T) {
	m := NewMetrics("test", Gauges{})
	m.StreamSent(stream.Webhook, "delivered", 3)
	m.StreamBehind("og_a", "st_a", 7)
	m.StreamBehind("og_b", "st_b", 9)
	m.StreamBehind("og_b", "st_b", 0)
	m.AccessLost(5)
	m.PolicyFailed()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{`c4arch_stream_records_total{kind="webhook",outcome="delivered"} 3`, "c4arch_stream_behind_records 7", "c4arch_access_log_lost_total 5", "c4arch_policy_errors_total 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(text, "og_a") || strings.Contains(text, "st_a") {
		t.Error("whose a stream is stands in the metrics")
	}
}
