SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
HEADLESS ?= 0
TESTS ?= tests

.PHONY: help run test suite check types style bench demo refresh format docs clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: $(VENV)/app ## install, make the sample shop if there is no data, open the app (PORT=, HEADLESS=1)
	@$(BIN)/python -m journey run --port $(PORT) $(if $(filter 1,$(HEADLESS)),--headless)

test: $(VENV)/dev ## the whole suite, Chromium included
	@$(BIN)/python -m tests.chromium
	@$(MAKE) --no-print-directory -j3 types style suite

check: $(VENV)/dev ## format, lint, types, import directions, query files; no browser
	@$(MAKE) --no-print-directory -j2 types style

suite:
	$(BIN)/python -m pytest $(TESTS) -n 3 --dist loadfile --no-loadscope-reorder

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m journey check

bench: $(VENV)/dev ## how fast: pages in Chromium, SQL against a bare scan, the build against a shell
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m bench

demo: $(VENV)/app ## make the sample shop again
	$(BIN)/python -m journey demo

refresh: $(VENV)/app ## read every source and publish
	$(BIN)/python -m journey refresh

format: $(VENV)/dev ## put every file in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/dev ## write the generated pages of docs/ again
	$(BIN)/python -m journey docs

clean: ## take out the environment; data and settings stay
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/app: $(VENV)/bin/python requirements.txt
	@echo "Installing what the app needs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.txt
	@touch $@

$(VENV)/dev: $(VENV)/app requirements-dev.txt
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	@touch $@
