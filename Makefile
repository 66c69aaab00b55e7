# Everything runs in a virtual environment made from the lock file. `make help` lists the targets.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := data/demo

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow lint format fuzz bench docs golden lock clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## Make the environment from the lock file.

demo: $(READY) ## Write a sample inbox of invented factories, run on it, compare with its truth.
	$(BIN)/harmonize demo --facilities 24 --seed 7 --out $(DEMO) --run

test: $(READY) ## Run the tests, all but the slow ones.
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

slow: $(READY) ## Run the slow tests: kills, long histories, installs.
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

lint: $(READY) ## Check style, format, types, layers, crosswalks and generated documents.
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py
	$(BIN)/harmonize crosswalk lint

format: $(READY) ## Format the code.
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

fuzz: $(READY) ## Damaged files, kills and random histories, for longer than `make test` does.
	HARMONIZE_FUZZ=long $(BIN)/python -m pytest tests/fuzz tests/pipeline/test_interruption.py \
		tests/pipeline/test_hostile_folder.py tests/pipeline/test_incremental.py tests/pipeline/test_impact.py \
		tests/identity/test_memory.py tests/quality/test_violations.py tests/sharing/test_noninterference.py tests/sharing/test_grants.py \
		tests/pipeline/test_publication_interruption.py

bench: $(READY) ## Measure against the bare floor; writes tests/benchmarks/REPORT.md.
	$(BIN)/python -m tests.benchmarks

docs: $(READY) ## Regenerate schemas/README.md and schemas/contract.json from the table classes.
	$(BIN)/python -c "from pathlib import Path; from harmonize.store.dictionary import write_dictionary; write_dictionary(Path('schemas'))"
	$(BIN)/python -c "from pathlib import Path; from harmonize.store.contracts import write_contract; write_contract(Path('schemas'))"

golden: $(READY) ## Regenerate golden outputs, those of the buyer queries too; review the diff.
	$(BIN)/python -m tests.sources.golden
	$(BIN)/python -m tests.queries

lock: ## Pin the dependencies again (needs uv).
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock

clean: ## Remove the environment and what runs left behind.
	rm -rf $(VENV) $(DEMO) data/stage data/releases data/current build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
