package observe

import (
	"context"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// TraceConfig says where traces go.
type TraceConfig struct {
	Endpoint *url.URL     // nil is nowhere
	Client   *http.Client // the one way out, with its own purpose
	Sample   float64
	Version  string
}

// Traces makes spans. Those of a nil Endpoint cost nothing and go nowhere.
type Traces struct {
	tracer   trace.Tracer
	shutdown func(context.Context) error
}

// NewTraces makes them. It connects to nothing: spans are sent in batches behind the requests.
func NewTraces(ctx context.Context, c TraceConfig) (*Traces, error) {
	if c.Endpoint == nil {
		return &Traces{noop.NewTracerProvider().Tracer(""), func(context.Context) error { return nil }}, nil
	}
	if c.Client == nil {
		return nil, fault.New(fault.Internal, "traces need a way out")
	}
	u := *c.Endpoint
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces" // OTLP specification, "OTLP/HTTP request"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithHTTPClient(c.Client),
		otlptracehttp.WithHeaders(nil), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "traces cannot be set up")
	}
	return newTraces(c, sdk.WithBatcher(exporter)), nil
}

func newTraces(c TraceConfig, to sdk.TracerProviderOption) *Traces {
	p := sdk.NewTracerProvider(to,
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(c.Sample))),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "c4arch"), attribute.String("service.version", c.Version))),
		sdk.WithRawSpanLimits(sdk.SpanLimits{
			AttributeValueLengthLimit: 256, AttributeCountLimit: 32, EventCountLimit: 8, LinkCountLimit: 4,
			AttributePerEventCountLimit: 8, AttributePerLinkCountLimit: 8,
		}))
	return &Traces{p.Tracer("c4arch"), p.Shutdown}
}

// Shutdown sends what is left.
func (t *Traces) Shutdown(ctx context.Context) error { return t.shutdown(ctx) }

// remote continues the trace of a caller that is trusted to name one (W3C Trace Context).
func remote(ctx context.Context, h http.Header) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(h))
}

// Span begins a span of our own work: "commit", "job scan.run". end is told how it went; of an error only the kind is written, since its words may quote.
func (t *Traces) Span(ctx context.Context, name string, org id.Org) (_ context.Context, end func(error)) {
	ctx, s := t.tracer.Start(ctx, name)
	if org != "" {
		s.SetAttributes(attribute.String("c4arch.org", string(org)))
	}
	return ctx, func(err error) {
		if err != nil {
			s.SetAttributes(attribute.String("error.type", string(fault.KindOf(err))))
			s.SetStatus(codes.Error, string(fault.KindOf(err)))
		}
		s.End()
	}
}

// Request begins the span of a request; trusted says that the caller may name the trace it belongs to.
func (t *Traces) Request(r *http.Request, trusted bool) (_ context.Context, end func(known *Request, status int)) {
	ctx := r.Context()
	if trusted {
		ctx = remote(ctx, r.Header)
	}
	ctx, s := t.tracer.Start(ctx, knownMethod(r.Method), trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(known *Request, status int) {
		route, org, _ := known.Known()
		s.SetName(knownMethod(r.Method) + " " + route)
		s.SetAttributes(attribute.String("http.request.method", knownMethod(r.Method)), attribute.String("http.route", route),
			attribute.Int("http.response.status_code", status), attribute.String("c4arch.request", known.ID()))
		if org != "" {
			s.SetAttributes(attribute.String("c4arch.org", string(org)))
		}
		if status >= 500 {
			s.SetStatus(codes.Error, "")
		}
		s.End()
	}
}
