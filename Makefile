# Every verb sets up what it needs; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
RESULTS := build/results
PYTHON_CODE := $(wildcard python worker tools tests bench examples)

.PHONY: help setup run test lint lint-python lint-sql lint-text format acceptance bench flow chaos \
  functions bundle bundle-check chart chart-check dump db wheel system clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(DEV) system ## Make .venv and install everything the other verbs need

run: $(RUNTIME) bundle ## Run the example job, small; FULL=1: 10 facilities x 1000 patients
	@$(PY) examples/patients/run.py $(if $(FULL),--full)

test: $(DEV) system ## Run all tests: pgTAP on PostgreSQL 15 and 18, then pytest
	@rm -rf $(RESULTS); failed=0; \
	for version in 15 18; do \
	  $(PY) -m tools.run_pgtap --postgres $$version --results $(RESULTS)/pgtap-$$version.json \
	    || failed=1; \
	done; \
	$(PY) -m pytest -n auto --dist worksteal --results $(RESULTS)/pytest.json || failed=1; \
	exit $$failed

acceptance: $(DEV) ## Run all tests, then print what they prove; RECORDED=1: of the last run
	@$(if $(RECORDED),:,$(MAKE) test || true)
	@$(PY) -m tools.acceptance

lint: lint-python lint-sql lint-text ## Check format, types, SQL rules, spelling

lint-python: $(DEV)
	@$(VENV)/bin/ruff check -q --output-format concise $(PYTHON_CODE)
	@$(VENV)/bin/ruff format -q --check $(PYTHON_CODE)
	@$(VENV)/bin/mypy --no-error-summary $(PYTHON_CODE)

lint-sql: $(DEV) system bundle-check
	@$(PY) -m tools.check_functions
	@$(VENV)/bin/sqlfluff lint -q sql/deploy sql/functions
	@NO_COLOR=1 $(VENV)/bin/squawk --reporter gcc sql/deploy/*.sql
	@$(PY) -m tools.plpgsql_check

lint-text: $(DEV) chart-check
	@git ls-files -z | xargs -0 $(VENV)/bin/codespell

format: $(DEV) ## Put Python into its format, sort imports
	@$(VENV)/bin/ruff check -q --fix-only $(PYTHON_CODE)
	@$(VENV)/bin/ruff format -q $(PYTHON_CODE)

bench: $(DEV) system bundle ## Measure against PostgreSQL's own limit; QUICK=1: within two minutes; MILLION=1: also 10^6 items
	@$(PY) -m bench.run $(if $(QUICK),--quick) $(if $(MILLION),--million)

flow: $(DEV) system ## The example job at full size over each transport, and resuming after kills, with bounds of time
	@$(PY) -m pytest -n 0 -p no:randomly -q -rP --full tests/worker/transports/test_pft_flow.py tests/worker/test_recovery.py

chaos: $(DEV) system ## Kill workers and database while they work: MINUTES=1 SEED=a new one
	@$(PY) -m tests.chaos.run --minutes $(or $(MINUTES),1) $(if $(SEED),--seed $(SEED))

functions: $(DEV) ## Apply sql/functions to a database: make functions DB=postgresql://…
	@$(if $(DB),,$(error name the database: make functions DB=postgresql://...))
	@$(PY) -m tools.schema "$(DB)"

bundle: | $(PY) ## Write sql/deploy/functions.sql from sql/functions
	@$(PY) -m tools.flatten_sql

chart: $(DEV) ## Write what the Helm chart has from elsewhere: settings, version, alerts, dashboards
	@$(PY) -m tools.chart

chart-check: $(DEV)
	@$(PY) -m tools.chart --check

bundle-check: | $(PY)
	@$(PY) -m tools.flatten_sql --check

dump: $(DEV) system ## Write sql/schema.dump.sql, the schema as PostgreSQL sees it
	@$(PY) -m tools.schema_dump

db: $(RUNTIME) bundle ## Start the embedded database with the schema; print its URL
	@$(VENV)/bin/noetl db up

wheel: $(DEV) ## Build the wheel into dist/
	@$(PY) -m build --wheel --no-isolation --outdir dist . >/dev/null && ls dist/*.whl

system: # PostgreSQL 15, pgTAP, plpgsql_check, sqitch, pgbouncer, systemd
	@tools/install_system.sh

clean: ## Remove what these verbs made
	rm -rf $(VENV) build dist bench/out .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $(PYTHON) is missing or older than 3.11; say which: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml | $(PY)
	@echo "Installing NoETL into .venv"
	@$(PIP) -e '.[examples]'
	@touch $@

$(DEV): pyproject.toml | $(PY)
	@echo "Installing NoETL and its development tools into .venv"
	@$(PIP) -e '.[dev]'
	@touch $@ $(RUNTIME)
