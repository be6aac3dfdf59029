# Tasks of the project. `make` alone prints them.
#
# What a task needs beyond Go it says itself: `make demo` and `make check` need only Go (and the
# module mirror, once); `make test` needs PostgreSQL too, and `make e2e` Chromium and Node besides.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO       ?= go
TOOL     := $(GO) tool -modfile=tools/go.mod
FUZZTIME ?= 10s
BENCH    ?= .
COUNT    ?= 1
DEMO_DATA   ?= .demo
DEMO_LISTEN ?= 127.0.0.1:8642
KILLS    ?= 300
PG_KILLS ?= 50

# Where the real inputs are. Tests that need them say so and skip when it is empty.
export C4ARCH_INPUTS := $(if $(C4ARCH_INPUTS),$(abspath $(C4ARCH_INPUTS)))

GO_DIRS   := cmd internal test
GO_FILES = $(shell git ls-files --cached --others --exclude-standard "*.go" | grep -v _templ.go) # templ formats what it writes

.PHONY: help
help: ## print the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z][a-z-]*:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/c4arch
	$(GO) build -trimpath -o bin/c4arch ./cmd/c4arch

.PHONY: demo
demo: build ## serve the portal on this machine with the example of Contoso; open the link that it prints; needs only Go
	@exec bin/c4arch serve --demo --data $(DEMO_DATA) --listen $(DEMO_LISTEN)

.PHONY: demo-starts
demo-starts: ## make demo starts, prints its link and serves; needs curl
	bash test/demo.sh

.PHONY: check
check: format vet layering lint secrets generated ## format, vet, layering, linter, secret scan, generated files

.PHONY: format
format: ## every Go file is formatted (gofumpt, which is stricter than gofmt)
	@bad=$$($(TOOL) gofumpt -l $(GO_FILES)); \
	if [ -n "$$bad" ]; then printf 'not formatted, run make fmt:\n%s\n' "$$bad" >&2; exit 1; fi
	@echo 'format: ok'

.PHONY: fmt
fmt: ## format every Go file
	$(TOOL) gofumpt -w $(GO_FILES)

.PHONY: vet
vet: ## go vet, with the files behind build tags too; the program compiles for Windows
	$(GO) vet ./...
	$(GO) vet -tags e2e ./...
	GOOS=windows $(GO) build -o /dev/null ./cmd/c4arch

.PHONY: layering
layering: ## who imports whom, and what for
	$(GO) test ./internal/layering

.PHONY: lint
lint: ## staticcheck
	$(TOOL) staticcheck -tags e2e ./...

.PHONY: secrets
secrets: ## no secret, machine path or registry host in the tracked files
	$(GO) test ./test/secretscan
	$(GO) run ./test/secretscan .

.PHONY: generated
generated: ## generated files are what their generators make
	@before=$$(git diff --stat; git ls-files --others --exclude-standard); \
	$(GO) generate ./...; \
	after=$$(git diff --stat; git ls-files --others --exclude-standard); \
	if [ "$$before" != "$$after" ]; then printf 'go generate changes files:\n%s\n' "$$after" >&2; exit 1; fi
	@echo 'generated: ok'

.PHONY: vuln
vuln: ## known vulnerabilities in what the program calls; GOVULNDB names a copy of the database
	@bash tools/vuln.sh $(TOOL)

# What runs things at once, under the race detector; the long tests of these packages ran without it just before.
RACE := ./internal/service/... ./internal/app/... ./internal/store/... ./internal/inbound/worker ./internal/inbound/witness ./internal/inbound/api \
	./internal/egress/... ./internal/keys/... ./internal/outbound/...

.PHONY: test
test: postgres ## all unit tests, the seeds of the fuzz targets among them, on the embedded engine and on PostgreSQL
	@if [ -z "$${C4ARCH_INPUTS:-}" ]; then echo 'C4ARCH_INPUTS is not set: tests on real inputs do not run'; fi
	$(GO) test -timeout 20m ./...
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null; then \
		echo '$(GO) test -race -short -timeout 30m $(RACE)'; $(GO) test -race -short -timeout 30m $(RACE); \
	elif [ "$${CI:-}" = true ]; then echo 'race detector: it needs a C compiler' >&2; exit 1; \
	else echo 'race detector: NOT RUN (no C compiler)'; fi

.PHONY: postgres
postgres: ## PostgreSQL 15 or newer is there; as root it is installed (Debian)
	@bash tools/postgres.sh

.PHONY: e2e
e2e: browser postgres diagrams ## tests in a real browser and against the real tools of the formats
	$(GO) test -tags e2e -count=1 -timeout 30m ./test/e2e/... ./internal/inbound/web ./internal/outbound/oidc ./internal/store/blob
	$(GO) test -tags e2e -count=1 -timeout 20m ./test/service

.PHONY: isolation
isolation: postgres ## every route as everybody, with identifiers of another organisation, on both engines, with the count
	C4ARCH_ISOLATION=full $(GO) test -count=1 -timeout 20m -run '^(TestIsolation|TestIsolationFails|TestJobsStayInside)$$' -v ./internal/app

.PHONY: browser
browser: ## Chromium and Node are there; as root they are installed (Debian)
	@bash tools/browser.sh

.PHONY: diagrams
diagrams: ## PlantUML and Graphviz are there; as root they are installed (Debian)
	@bash tools/diagrams.sh

.PHONY: gallery
gallery: ## draw the examples and all real inputs, each view in light, dark and print, with a page to look at them: ./gallery
	@if [ -z "$${C4ARCH_INPUTS:-}" ] && [ ! -d ../shared/inputs ]; then echo 'C4ARCH_INPUTS is not set: only the examples are drawn'; fi
	$(GO) run ./test/gallery -o gallery examples/*/ $(wildcard $(or $(C4ARCH_INPUTS),../shared/inputs)/*/*)

.PHONY: bench
bench: ## benchmarks; BENCH=regexp COUNT=n
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 60m ./...

.PHONY: bench-service
bench-service: ## what the service costs, on both engines, beside Tessera and beside the command alone
	bash test/bench/service.sh

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10s)
	@bash tools/fuzz.sh $(FUZZTIME)

.PHONY: faults
faults: ## kill the writer of a local history, homes and the server KILLS times (300) at random points, PostgreSQL PG_KILLS times (50)
	C4ARCH_KILLS=$(KILLS) $(GO) test ./internal/store/arch ./internal/store/home -run 'TestKilled' -count=1 -v -timeout 60m
	C4ARCH_KILLS=$(KILLS) C4ARCH_PG_KILLS=$(PG_KILLS) $(GO) test ./test/faults -count=1 -v -timeout 120m

.PHONY: soak
soak: ## the same with 1,000 kills
	$(MAKE) faults KILLS=1000 PG_KILLS=200

.PHONY: clean
clean: ## remove what the other targets made
	rm -rf bin arch
