# `make help` lists what there is.
PYTHON ?= python3
PORT ?= $(or $(BARKER_PORT),8000)
DATA ?= var
ARGS ?=
COMPOSE ?= $(shell docker compose version > /dev/null 2>&1 && echo docker compose || echo docker-compose)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

CLIENTS := --editable clients/python --editable clients/terminal
NEEDS := setup.cfg constraints.txt clients/python/pyproject.toml clients/terminal/pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run demo test slow lint format fuzz cluster containers smoke secured lts faults bench web up down lock audit sbom dist clean

help: ## Show this list
	@echo "Barker: the backend of a Twitter-style app that anybody can run."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8000 DATA=var PYTHON=python3 can be set: make run PORT=9000 DATA=/srv/barker"

run: .venv/run ## Run it all on this machine: four stores, the API, a worker
	@$(BIN)/barker up --port $(PORT) --data "$(DATA)" $(ARGS)

demo: .venv/run ## The same, with a small, lively world in it
	@$(BIN)/barker up --port $(PORT) --data "$(DATA)" --demo $(ARGS)

test: .venv/test ## Run all tests; they start their own stores on free ports
	@$(BIN)/pytest $(ARGS)

slow: .venv/slow ## Run the tests that take seconds each, which `make test` leaves out
	@$(BIN)/pytest -m slow $(ARGS)

lint: .venv/test ## Check style, types and import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config setup.cfg --no-cache

format: .venv/test ## Format the code
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format

fuzz: .venv/test ## Try many more requests against the OpenAPI, and events against the feed (minutes)
	@FUZZ_EXAMPLES=300 $(BIN)/pytest tests/api/test_contract.py tests/actions/test_feed_model.py --timeout 1800 $(ARGS)

cluster: .venv/test ## Run the queues on a Redis Cluster whose masters die (minutes)
	@CLUSTER_RUNS=$${CLUSTER_RUNS:-3} $(BIN)/pytest -n 0 -s tests/cluster $(ARGS)

containers: .venv/test ## Run the tests of the stores on containers; without Docker, on an engine of its own (root)
	@TEST_STORES=containers deploy/offline/with-docker $(BIN)/pytest -n 0 tests/stores tests/actions \
	  tests/test_doctor_command.py tests/test_jobs_command.py tests/test_rebuild_command.py $(ARGS)

smoke: .venv/test ## Bring compose.yaml up, use it, and take it down; without Docker as above
	@deploy/offline/with-docker env COMPOSE="$(COMPOSE)" $(BIN)/pytest -n 0 tests/compose $(ARGS)

secured: .venv/test ## Run the tests of stores and actions on stores with TLS and passwords, by users of little right
	@$(BIN)/python -m pytest -p tests.variants.on_secured -m 'not slow and not administers' -W ignore::pytest.PytestUnraisableExceptionWarning \
	  tests/stores tests/actions --ignore tests/actions/test_feed_model.py $(ARGS)

lts: .venv/test ## Run the tests of stores on Neo4j 5.26 (needs Java 17 or 21, and Maven once)
	@$(BIN)/python -m pytest -p tests.variants.on_lts tests/stores $(ARGS)

bench: .venv/bench ## Measure it, beside the limits of the same servers (up to 25 minutes)
	@$(BIN)/python -m tests.load $(ARGS)

faults: .venv/test ## Kill processes at random, up to 1,000 times: is a bark lost or doubled? (half an hour)
	@$(BIN)/python -m tests.chaos $(ARGS)

web: .venv/test ## Build the web app anew with npm; what it makes is committed
	@mkdir -p build
	@$(BIN)/python clients/web/scripts/openapi.py > build/openapi.json
	@cd clients/web && npm ci --no-audit --no-fund && npm run types && npm run build && npm run size

up: ## Run it all on one server, in containers that come back (needs Docker, see deploy/README.md)
	@HTTP_PORT=$(PORT) deploy/compose/up.sh $(COMPOSE) -p barker

down: ## Stop that; data stays (make down ARGS=-v: it goes, too)
	@$(COMPOSE) -p barker -f deploy/compose.yaml down $(ARGS)

lock: ## Write constraints.txt anew, with the newest versions that setup.cfg and the clients allow
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check '.[local,dev,otel,slow,bench,supply]' $(CLIENTS)
	@{ echo "# Exact versions of all dependencies; written by make lock."; \
	  build/lock/bin/python -m pip freeze --exclude barker --exclude barker-client --exclude barker-terminal; } > constraints.txt
	@rm -rf build/lock build/lib build/bdist.*

audit: .venv/supply ## Ask whether weaknesses are known in what constraints.txt names; fails if it cannot ask
	@$(BIN)/python -m tests.supply.audit

sbom: .venv/supply ## Write build/barker.cdx.json, what an installed Barker consists of (CycloneDX)
	@rm -rf build/sbom && $(PYTHON) -m venv build/sbom
	@build/sbom/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt '.[otel]'
	@build/sbom/bin/python -m pip uninstall --quiet --yes pip setuptools
	@$(BIN)/cyclonedx-py environment build/sbom/bin/python --output-reproducible \
	  --output-format JSON --output-file build/barker.cdx.json
	@rm -rf build/sbom build/lib build/bdist.*
	@echo "build/barker.cdx.json"

dist: .venv/supply ## Build sdists and wheels of the service and of both clients into build/dist
	@rm -rf build/dist
	@for part in . clients/python clients/terminal; do $(BIN)/python -m build --outdir build/dist $$part > /dev/null || exit 1; done
	@ls build/dist

clean: ## Remove the virtual environment; data stays
	rm -rf .venv build

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Barker needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv 2> /dev/null || { \
	  $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install --quiet pip; } || { \
	  rm -rf .venv; echo "Python's venv is incomplete here. As root: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/run: .venv/python $(NEEDS)
	@echo "Installing Barker and the four stores into .venv (once; about a minute) ..."
	@$(PIP) --editable '.[local]' $(CLIENTS)
	@touch $@

.venv/test: .venv/python $(NEEDS)
	@echo "Installing Barker, the four stores and the test tools into .venv (once; about a minute) ..."
	@$(PIP) --editable '.[local,dev,otel]' $(CLIENTS)
	@touch $@ .venv/run

.venv/slow: .venv/test $(NEEDS)
	@echo "Installing what the slow tests need beside (once) ..."
	@$(PIP) --editable '.[local,dev,otel,slow,supply]'
	@touch $@

.venv/supply: .venv/python $(NEEDS)
	@$(PIP) --editable '.[supply]'
	@touch $@

.venv/bench: .venv/python $(NEEDS)
	@echo "Installing Barker, the four stores and the tools to measure them into .venv (once; about a minute) ..."
	@$(PIP) --editable '.[local,bench]' $(CLIENTS)
	@touch $@ .venv/run
