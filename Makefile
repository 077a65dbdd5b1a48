# Every target works in a fresh clone: the first one that needs it makes .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo run test lint audit format bench prove mutants pictures build clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# ensurepip is missing on some Debian systems; pip can install into a venv from outside as well.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,lint]'
	@touch $@

demo: $(VENV)/.installed ## Five mornings in the terminal with the bundled sample
	@$(BIN)/paperlark demo $(ARGS)

run: $(VENV)/.installed ## The real bot, with paperlark.toml
	@$(BIN)/paperlark run

test: $(VENV)/.tested ## The whole suite
	$(BIN)/python -m pytest -n 2 $(ARGS)

lint: $(VENV)/.tested ## ruff, mypy and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/fakes.py
	$(BIN)/lint-imports

audit: $(VENV)/.tested ## Known weaknesses of the dependencies (asks an advisory service; "not audited" if it is away)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -c constraints.txt -e '.[audit]'
	$(BIN)/python -m tests.audit

format: $(VENV)/.tested ## Let ruff put things in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.tested ## Speed and size figures, with machine and versions
	$(BIN)/python -m bench

prove: $(VENV)/.tested ## The long proofs: kill anywhere, 200 faulty mornings
	$(BIN)/python -m tests.prove

mutants: $(VENV)/.tested ## Small faults in the source: do the tests notice? ARGS="ranking --seconds 600"
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	nice $(BIN)/python -m tests.mutants $(ARGS)

pictures: $(VENV)/.tested ## Draw docs/pictures anew, from real mornings on the tests' servers
	$(BIN)/python -m tests.pictures

build: $(VENV)/.tested ## The wheel
	$(BIN)/python -m build --wheel

clean: ## Remove what was made here
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
