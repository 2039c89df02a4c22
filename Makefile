# make demo   the whole story on the embedded sandbox, no account needed
# make test   the whole suite, PostgreSQL included
# Both make .venv and install what they need the first time, and only then.

PYTHON ?= python3
BIN := .venv/bin
INPUTS := pyproject.toml connector/__init__.py

.DEFAULT_GOAL := help
.PHONY: help demo test chaos bench mutants lint format clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.installed ## sweep, escalate, sync on the embedded sandbox, and where to look
	@$(BIN)/escalation demo

test: .venv/.installed-test ## the whole test suite
	@$(BIN)/python -m pytest -q -n 2

chaos: .venv/.installed-test ## random faults: SEEDS=2000 many, SEED=7 one of them again
	@$(BIN)/python tests/e2e/chaos.py --seeds $(or $(SEEDS),100) $(if $(SEED),--seed $(SEED))

mutants: .venv/.installed-test ## planted bugs, and the seed that finds each of them (ONLY=name: one)
	@$(BIN)/python tests/e2e/mutants.py $(if $(SEEDS),--most $(SEEDS)) $(if $(ONLY),--only $(ONLY))

bench: .venv/.installed ## calls, time and memory by size (QUICK=1: small sizes, some minutes)
	@for it in sweep sync read; do $(BIN)/python benchmarks/$$it.py $(if $(QUICK),--quick) || exit 1; echo; done

lint: .venv/.installed-test ## ruff and mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

format: .venv/.installed-test ## format the code
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix-only .

clean: ## remove what the targets made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
	         "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/.installed: $(INPUTS) | .venv/.created
	@echo "Installing into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.installed-test: $(INPUTS) | .venv/.created
	@echo "Installing with the test extras into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ .venv/.installed
