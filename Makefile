# The first target explains the others.

GO      ?= go
LINT     = $(GO) tool -modfile=.ci/tools/go.mod golangci-lint
FUZZTIME ?= 60s

# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(and $(filter 1,$(shell $(GO) env CGO_ENABLED)),$(shell command -v $(shell $(GO) env CC))),-race)

.PHONY: help build test test-all lint format fuzz bench run

help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/parley
	$(GO) build -trimpath -o bin/parley ./cmd/parley

test: ## vet everything and run all tests, under the race detector where there is a C compiler
	$(GO) vet ./...
	$(GO) test $(RACE) ./...

test-all: ## run all tests anew, in random order, with many more kills of the crash tests
	$(GO) vet ./...
	PARLEY_CRASH_CYCLES=20 PARLEY_CRASH_TEST_CYCLES=20 \
		PARLEY_FAILOVER_KILLS=20 PARLEY_FAILOVER_CUTS=10 PARLEY_UNKNOWN_CUTS=1000 \
		$(GO) test $(RACE) -count=1 -shuffle=on -timeout=30m ./...

lint: ## find what the compiler does not; the linter is built from .ci/tools at the first time
	$(LINT) run --allow-parallel-runners ./...

format: ## bring all sources into the one form
	$(LINT) fmt ./...

fuzz: ## fuzz every decoder for FUZZTIME each (default 60s)
	@set -e; for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

bench: ## measure the hot paths, and the server's throughput as shares of echo
	$(GO) test -run '^$$' -bench . -benchmem ./bench/...
	$(GO) run ./bench/shares

run: ## serve the demo on http://127.0.0.1:8080
	$(GO) run ./cmd/parley serve --demo
