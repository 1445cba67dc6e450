.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
ARGS ?=
# every process that a test starts would otherwise compile the program anew
export PYTHONDONTWRITEBYTECODE =
# SQLite waits for the disk at every commit: where memory is plenty, databases of tests are there
export PYTEST_DEBUG_TEMPROOT := $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm)

help: ## this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/ready ## the environment, from the hash-pinned lock

.venv/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (set PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m solver.columns
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/ready ## October 2026 from needs to store, then serves on 127.0.0.1:5000 (ARGS=--once: doesn't serve)
	$(BIN)/youlin demo $(ARGS)

run: .venv/ready db ## serves the pages on 127.0.0.1:5000
	$(BIN)/youlin serve $(ARGS)

worker: .venv/ready ## takes up roster runs
	$(BIN)/youlin worker $(ARGS)

jobs: .venv/ready ## the timetable: extends, reminds, closes, expires
	$(BIN)/youlin jobs $(ARGS)

db: .venv/ready ## brings the database to the newest migration
	$(BIN)/youlin db-upgrade

test: .venv/ready-dev ## all tests, on SQLite, PostgreSQL and in Chromium
	@bash tests/bring.sh
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: .venv/ready-dev ## ruff, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: .venv/ready-dev ## what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test ## what CI runs

bench-solver: .venv/ready-dev ## volunteer rosters and their peers, about 20 minutes (ARGS="october district": these only)
	$(BIN)/python -m benchmarks.solver $(ARGS)

bench-answers: .venv/ready-dev ## explaining and replanning, about 10 minutes (ARGS="explain" or "replan --incidents 500")
	$(BIN)/python -m benchmarks.answers $(ARGS)

bench-inrc2: .venv/ready-dev ## nurse rostering competition, 10 minutes a case (ARGS="--seconds 60 --rolling CASE ...")
	$(BIN)/python -m benchmarks.inrc2 $(ARGS)

soak: .venv/ready-dev ## 200,000 steps against the model on each database, then 1,000 community years (ARGS="--years 30")
	$(BIN)/python -m tests.nets.walk --steps 200000
	$(BIN)/python -m tests.nets.years --years 1000 $(ARGS)

chaos: .venv/ready-dev ## 9 mixes of faults on each database and one over HTTP, 120 s each, real processes (ARGS="--seconds 20")
	$(BIN)/python -m tests.nets.chaos $(ARGS)
	$(BIN)/python -m tests.nets.web --seconds 120

canary: .venv/ready-dev ## plants 71 bugs one at a time; every one must be caught
	$(BIN)/python -m tests.nets.canary $(ARGS)

oversell: .venv/ready-dev ## one rice cooker, 200 people, 100 rounds on each database
	YOULIN_ROUNDS=100 $(BIN)/python -m pytest -q --timeout 7200 tests/nets/test_oversell.py $(ARGS)

tamper: .venv/ready-dev ## 1,000 values changed by the owner of each database: verify names every one
	YOULIN_TAMPERINGS=1000 $(BIN)/python -m pytest -q --timeout 7200 tests/nets/test_tampering.py $(ARGS)

restores: .venv/ready-dev ## 50 restores of backups taken while two clerks sell, from and into each database
	YOULIN_RESTORES=50 $(BIN)/python -m pytest -q --timeout 7200 -k under_load tests/volunteer_app/keeping $(ARGS)

bench-ledger: .venv/ready-dev ## the ledger beside others (ARGS="--pgledger FILE --only postgresql"; benchmarks/README.md)
	$(BIN)/python -m benchmarks.ledger $(ARGS)

bench-curtois: .venv/ready-dev ## Curtois & Qu instances (ARGS="--seconds 60 1 3 5"); goes on where it was stopped
	$(BIN)/python -m benchmarks.curtois $(ARGS)

lock: .venv/ready-dev ## renews both lock files from pyproject.toml
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q -U --generate-hashes --no-header --no-annotate --extra fast --extra pdf pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q -U --generate-hashes --no-header --no-annotate --all-extras pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

.PHONY: help setup demo run worker jobs db test lint fix check bench-solver bench-answers bench-ledger oversell tamper restores lock bench-inrc2 bench-curtois soak chaos canary
