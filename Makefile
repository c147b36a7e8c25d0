# Every habit of a developer is a target here; `make help` lists them.
PYTHON ?= python3
UV      = .tools/bin/uv
BIN     = .venv/bin
UV_VERSION = 0.13.9
export UV_NO_PROGRESS = 1
export UV_COMPILE_BYTECODE = 1

.PHONY: help setup fresh demo test postgresql browser lint format messages lock docs bench validate clean

help:            ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: .venv/.ready  ## install everything into .venv, from the lock file

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

MESSAGES = $(wildcard src/equipoise/web/locale/*/*/django.po src/equipoise/web/*/locale/*/*/django.po)
.venv/.ready: pyproject.toml requirements.lock $(MESSAGES) | .tools/bin/uv
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python tools/messages.py compile
	@touch $@

demo: setup      ## load the demo programme, search a real question, serve the workbench at http://127.0.0.1:8000
	$(BIN)/equipoise demo

# compiled kernels do not notice a change in a file that they call: forget those older than the newest source
fresh:
	@newest=$$(ls -t src/equipoise/design/*.py src/equipoise/simulate/*.py src/equipoise/search/*.py | head -1); \
	  find src -name '*.nb[ic]' ! -newer $$newest -delete

test: setup fresh  ## run the tests (browser tests too, where Chromium is installed)
	$(BIN)/python -m pytest -n auto --dist loadgroup

postgresql: setup ## run the tests of the web on a PostgreSQL of their own (needs Debian's package postgresql)
	$(BIN)/python tools/with_postgresql.py $(BIN)/python -m pytest tests/web -n auto --dist loadgroup

browser: setup   ## run the browser tests alone
	$(BIN)/python -m pytest tests/browser

lint: setup      ## style, types, architecture and messages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py check

format: setup    ## rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup  ## bring the Chinese catalogues up to date with the strings in the code, and compile them
	$(BIN)/python tools/messages.py update

validate: setup  ## recompute every reference value that the package ships
	$(BIN)/equipoise validate

bench: setup     ## measure against the peers that are installed
	$(BIN)/python -m benchmarks

docs: setup      ## build the documentation into site/
	$(BIN)/mkdocs build --strict

lock: | .tools/bin/uv  ## resolve the dependencies afresh into requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --all-extras --group dev pyproject.toml -o requirements.lock

clean:           ## remove what the targets made
	rm -rf .venv .tools site build dist var
