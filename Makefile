# Everything that a developer or CI runs. On Debian, missing system packages are installed first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo build release test fidelity lint rules bench bench-quick bench-gate bench-peer load fuzz faults statements \
  deb tarball deb-test static packages test-packages bench-packages pack-packages

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
FLAGS := --explicit-target-dependency-import-check error
NUDGED := .build/debug/nudged
PACKAGES := libyaml-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev zlib1g-dev libzip-dev libexpat1-dev pkg-config
# Judges our JSON Schemas; see Tests/RulesTests/Schema/SchemaJudge.swift.
SCHEMA_JUDGE := .build/python/bin/check-jsonschema
# The programs that send us events and read our metrics; see Tests/ScenarioTests/EventSourceTests.swift.
EVENT_CLIENTS := .build/python/.event-clients
# Tries the API by its document; see Tests/ScenarioTests/APIDaemonTests.swift.
API_JUDGE := .build/python/.api-judge
# Judges our metrics and alerts; see Tests/ScenarioTests/MonitoringTests.swift.
PROMTOOL := .build/tools/promtool
TEST_PACKAGES := $(PACKAGES) kannel kannel-extras systemd python3 python3-yaml python3-pip python3-venv \
  postgresql-15 python3-aiosmtpd openssl dpkg-dev binutils man-db

# What `make static` leaves out: names for other programs, since there are none, code that is the same twice, and functions
# that nobody calls, for which each has a section of its own.
LEAN := -Xlinker --no-export-dynamic -Xlinker --icf=safe -Xlinker -O2 \
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections

# What is packed: NUDGED=PROGRAM of the command line, else the optimized program with Swift's libraries inside.
PACKED := $(if $(filter command,$(firstword $(origin NUDGED))),$(NUDGED),.build/release/nudged)

# Debian's postgresql makes a cluster and starts it when it is installed; ours needs none. A choice that is there is kept.
define no_cluster
	if ! [ -e /etc/postgresql-common/createcluster.conf ]; then $(SUDO) mkdir -p /etc/postgresql-common; \
	  echo "create_main_cluster = false" | $(SUDO) tee /etc/postgresql-common/createcluster.conf >/dev/null; fi
endef

# $(call install,NAMES): those of them that are missing; apt-get update only when there is one.
define install
	if ! command -v dpkg-query >/dev/null; then echo "not a Debian: please have these installed: $(1)"; exit 0; fi; \
	missing=$$(for name in $(1); do \
	  dpkg-query -W -f='$${db:Status-Abbrev}' "$$name" 2>/dev/null | grep -q '^ii' || echo "$$name"; done); \
	[ -n "$$missing" ] || exit 0; \
	echo "installing" $$missing; \
	$(SUDO) apt-get update -qq; \
	case "$$missing" in *postgresql*) $(no_cluster);; esac; \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null
endef

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 13

demo: packages ## install what is missing, build, and run the example rules over an invented shop; SERVE=1: phones in the browser
	@swift build --product nudged $(FLAGS)
	@$(NUDGED) demo $(if $(SERVE),--serve)

build: packages ## build everything, tests too
	swift build --build-tests $(FLAGS)

# Of what is built to be kept `nudged --version` says the commit.
release static: export NUDGED_COMMIT := $(shell git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null)

release: packages ## build the optimized program
	swift build -c release --product nudged $(FLAGS)

test: test-packages $(SCHEMA_JUDGE) $(EVENT_CLIENTS) $(API_JUDGE) $(PROMTOOL) ## install what is missing, build, and run every test; the last line says how many
	@# One at a time: several tests wait for other programs, and deadlines of real peers must not depend on neighbours.
	@# What failed is said again at the end, where a reader of a long log looks first.
	@mkdir -p .build
	@swift test --no-parallel $(FLAGS) 2>&1 | tee .build/test.log || { \
	  echo "what failed (all of it: .build/test.log):"; \
	  grep -A2 -E "recorded an issue|error:|Fatal error" .build/test.log | cut -c1-400 | head -60; \
	  grep -E "^. Test run with" .build/test.log; exit 1; }

fidelity: test-packages ## random rule sets from another seed: dry-run, daemon and second implementation must agree
	NUDGED_FIDELITY=400 NUDGED_WORKSPACES=1000 NUDGED_CONDITIONS=20000 NUDGED_SEED=$${NUDGED_SEED:-$$(( RANDOM * 32768 + RANDOM ))} \
	  swift test --no-parallel $(FLAGS) --filter 'FidelityTests|SecondImplementation|ConditionDifferential|DaemonWalk'

lint: ## formatting, tests that would never run, the house (imports, SQL, sizes, labels), and sentences in one language only
	swift format lint --strict --recursive Sources Tests Package.swift
	python3 Tests/Tools/unmarked_tests.py
	python3 Tests/Tools/house.py
	python3 Tests/Tools/spoken.py
	python3 Tests/Tools/embed_pages.py --check
	python3 Tests/Tools/test_house.py

statements: test-packages ## write down the SQL that all tests make the program prepare (Tests/Stores/statements.sql)
	@# Without random rules beyond a sample, so that the same program writes the same file.
	swift build --build-tests $(FLAGS)
	@rm -f .build/statements.jsonl
	NUDGED_STATEMENTS=$(CURDIR)/.build/statements.jsonl NUDGED_CONDITIONS=40 swift test --no-parallel $(FLAGS) \
	  --filter '(Store|Daemon|Scenario)Tests\.' --skip 'Fidelity|SecondImplementation|DamagedStore|PrepareTests'
	NUDGED_RECORDED=$(CURDIR)/.build/statements.jsonl swift test --skip-build --filter PrepareTests.written

rules: packages ## write rules/ and the pages of docs/ into the program, the schemas and the reference page out of it, and check the rules
	python3 Tests/Tools/embed_rules.py
	python3 Tests/Tools/embed_pages.py
	swift build --product nudged $(FLAGS)
	$(NUDGED) schema
	$(NUDGED) schema --reference > docs/rule-reference.md
	$(NUDGED) check rules --deny warnings

# $(call benchmark,PROGRAM): with the options that were given.
benchmark = python3 Benchmarks/$(1) $(if $(ONLY),--only $(ONLY)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(WRITE),--write) \
  $(if $(STRICT),--strict)

bench: bench-packages ## every figure of docs/benchmarks.md with its bar: ONLY=tick,month PAIRS=7 WRITE=1 STRICT=1
	$(call benchmark,bench.py)

bench-quick: bench-packages ## the same with small stores, in under two minutes
	$(call benchmark,bench.py) --quick

bench-gate: bench-packages ## instruction counts next to Benchmarks/gate.json; 1 when one is 5 % above; WRITE=1 renews them
	@$(call install,valgrind binutils)
	python3 Benchmarks/gate.py $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

bench-peer: bench-packages ## Tryton's marketing automation on PostgreSQL 15 beside a tick, in a folder of its own
	@$(call install,postgresql-15 python3-venv)
	python3 Benchmarks/peer.py $(if $(PAIRS),--pairs $(PAIRS)) $(if $(WRITE),--write)

load: packages ## put a store of a million members under load: memory, heartbeats, stops; ONLY="mass sigterm"; 1 when a goal is missed
	python3 Benchmarks/load.py $(ONLY)

fuzz: packages ## ten minutes (FUZZ_SECONDS) of broken files and odd worlds; names what crashed or hung
	Tests/Fuzz/run.sh

faults: test-packages ## the faults of the guarantees, by number: QUICK=1, ONLY=14, SEED=, ROUNDS=, CUTS=, JOBS=; LIST=1 shows them
	@python3 Tests/Faults/faults.py --check
	@if [ -n "$(LIST)" ]; then python3 Tests/Faults/faults.py --list $(if $(QUICK),--quick); exit; fi; \
	swift build --product nudged $(FLAGS) && \
	python3 Tests/Faults/faults.py $(NUDGED) $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ENCRYPTED),--encrypted) $(if $(CUTS),--cuts $(CUTS)) $(if $(JOBS),--jobs $(JOBS))

# Of Foundation's Unicode tables only those that the program can ask for are linked: see packaging/tables.py.
static: packages pack-packages
	$(if $(filter .build/release/nudged,$(PACKED)),tables=$$(python3 packaging/tables.py $(CURDIR)/.build/tables) && \
	  swift build -c release --product nudged --static-swift-stdlib $(FLAGS) $$tables $(LEAN))

deb: static pack-packages ## a Debian package in .build/packages: NUDGED=PROGRAM packs that one; MAINTAINER="NAME <ADDRESS>"
	python3 packaging/pack.py --deb $(PACKED)

tarball: static pack-packages ## the same files as an archive with install.sh, for other Linuxes
	python3 packaging/pack.py --tarball $(PACKED)

deb-test: static pack-packages ## install the package in a Debian 12 of its own, boot it, send, back up, upgrade, purge (root; network)
	@$(call install,debootstrap systemd-container lintian)
	@package=$$(python3 packaging/pack.py --deb $(PACKED)) && lintian --fail-on error "$$package" && \
	$(SUDO) packaging/deb_test.sh "$$package"

packages:
	@$(call install,$(PACKAGES))

pack-packages:
	@$(call install,dpkg-dev binutils python3)

test-packages:
	@$(call install,$(TEST_PACKAGES))

bench-packages:
	@$(call install,$(PACKAGES) gcc python3 sqlite3)

# Without a network its tests say that they are skipped.
$(SCHEMA_JUDGE): | test-packages
	@python3 -m venv .build/python
	@.build/python/bin/pip install -q check-jsonschema || echo "check-jsonschema could not be installed; its tests are skipped"

$(EVENT_CLIENTS): Tests/Tools/event-clients.txt | $(SCHEMA_JUDGE)
	@if .build/python/bin/pip install -q -r $<; then touch $@; \
	  else echo "the clients of events could not be installed; their tests are skipped"; fi

$(API_JUDGE): Tests/Tools/api-judge.txt | $(SCHEMA_JUDGE)
	@if .build/python/bin/pip install -q -r $<; then touch $@; \
	  else echo "schemathesis could not be installed; its test is skipped"; fi

# Debian's prometheus would be started when it is installed, so this one file is taken out of its package.
$(PROMTOOL): | test-packages
	@mkdir -p $(@D) && folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cd "$$folder" && \
	get() { apt-get -o APT::Sandbox::User=root download -qq prometheus 2>/dev/null; } && \
	if { get || { $(SUDO) apt-get update -qq && get; }; } && dpkg --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool; \
	then mv usr/bin/promtool $(CURDIR)/$@; \
	  else echo "promtool could not be had; its tests are skipped"; fi
