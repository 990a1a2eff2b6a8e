# Every target sets up what it needs in .venv first. Python 3.11 or newer is all that must be there:
#   make forecast                    with python3
#   make forecast PYTHON=python3.12  with another one
# Windows: docs/windows.md has the plain commands.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: help forecast test lint long lock holidays notebooks clean

help: ## show these lines
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

forecast: $(INSTALLED) ## forecast the real roadmap into a folder under runs/
	$(BIN)/onelogin-sim forecast scenarios/roadmap-2025/scenario.yaml --replications 1000 --workers 2

test: lint ## check style and types, then run the tests
	$(BIN)/pytest -n auto --dist worksteal

lint: $(INSTALLED) ## check style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

long: $(INSTALLED) ## run the property tests on many more examples
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -m hypothesis

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	sh tools/lock.sh

holidays: $(INSTALLED) ## write the table of bank holidays anew
	$(BIN)/python tools/make_holidays.py

notebooks: $(INSTALLED) ## write the notebooks anew from their sources and execute them
	$(BIN)/jupytext --quiet --to ipynb notebooks/*.py
	$(BIN)/jupyter-execute --inplace notebooks/*.ipynb

clean: ## remove .venv and caches; runs/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not that: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "Name one that is: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up .venv (once; a minute or two)" >&2
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)
