# Landing: what a person types. CI calls the same targets.

SWIFT ?= swift
RELEASE := .build/release/landing
# With Swift's libraries in the program: one file, which starts sooner and takes less memory, and has no Swift beside it.
BUILD_RELEASE := $(SWIFT) build -c release --static-swift-stdlib

.DEFAULT_GOAL := help
.PHONY: help run dev build test fuzz lint format demo bench bench-scale bench-instructions bench-abuse bench-streams install install-test clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Install what is missing, build, and serve on http://127.0.0.1:3000
	@exec $(RELEASE) serve

dev: build ## Serve with live reload, drafts, and problems shown on the pages
	@exec $(RELEASE) serve --dev

demo: install ## Look around with a simulated gateway and example accounts, on http://127.0.0.1:3000
	$(BUILD_RELEASE) --product landing
	$(BUILD_RELEASE) --product gateway-simulator
	@Deploy/demo

build: install ## Build the release program
	$(BUILD_RELEASE) --product landing

test: install-test ## Install what is missing, build, and run every test, the browser's included
	@.ci/mongod >/dev/null
	$(SWIFT) build --build-tests
	# One after the other: many wait for programs and servers, and some measure time.
	$(SWIFT) test --skip-build --no-parallel
	.ci/browser-tests .build/debug/landing

fuzz: install ## Send random input at the parts that read what others write; SECONDS=60 for each
	.ci/fuzz $(or $(SECONDS),60)

bench: build ## Compare with nginx, Varnish, Caddy and Hummingbird, side by side on this machine
	-@.ci/install bench
	python3 Benchmarks/bench.py $(OPTIONS)
	python3 Benchmarks/signed_in.py
	python3 Benchmarks/login_flood.py
	python3 Benchmarks/gateway.py --budget 2.5

bench-scale: build ## Start, memory, hits and saved notes on sites of 10, 1,000 and 15,000 pages
	@.ci/install bench
	python3 Benchmarks/scale.py $(OPTIONS)

bench-instructions: build ## Instructions per hit, beside those that were kept
	@.ci/install bench bench-instructions
	python3 Benchmarks/instructions.py $(OPTIONS)

bench-abuse: build ## Idle, half-sent, slow, torn and random connections, and what ordinary visitors notice of them
	@.ci/install bench
	python3 Benchmarks/abuse.py --body-deadline 60 --read-deadline 60

bench-streams: build ## 5,000 idle event streams: memory of each, CPU, and a page beside them
	$(BUILD_RELEASE) --product gateway-simulator
	python3 Benchmarks/gateway.py --streams 5000

lint: ## Check format, import rules and where secrets of the machine are read
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	.ci/check-imports

format: ## Format the Swift code
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

install: ## Install the Debian packages that the build needs
	@.ci/install build

install-test: ## Install the Debian packages that the tests need
	@.ci/install build test

clean: ## Remove what was built
	rm -rf .build .build-*
