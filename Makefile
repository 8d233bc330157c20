# `make demo` and `make test` need only Python 3.11+ with venv, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help install demo test check docs bench fuzz openapi lock clean

help:
	@echo "make demo    run the main job on embedded defaults (KEEP=1 keeps it running)"
	@echo "make test    run the tests"
	@echo "make check   lint and types"
	@echo "make docs    generate docs/settings.md and docs/rules.md"
	@echo "make bench   measure (about five minutes; the scan needs what .ci/run installs)"
	@echo "make fuzz    fuzz every parser of foreign bytes (SECONDS=20 for each)"
	@echo "make openapi cut GitHub's API description anew for the tests"
	@echo "make lock    resolve the dependencies anew into requirements*.lock"

$(BIN)/uv: requirements-uv.lock
	$(PYTHON) -c 'import sys; sys.exit("Plimsoll needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-uv.lock
	@touch $@

$(INSTALLED): $(BIN)/uv requirements-dev.lock pyproject.toml
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

install: $(INSTALLED)

demo: $(INSTALLED)
	@KEEP=$(KEEP) $(BIN)/plimsoll demo

# Many tests start the program anew: where bytecode is not kept, each of them compiles all it imports, for seconds.
test: $(INSTALLED)
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2 $(PYTEST_ARGS)

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(INSTALLED)
	sed '/^|/,$$d' docs/settings.md > docs/settings.md.new
	$(BIN)/python -m bot.settings >> docs/settings.md.new
	mv docs/settings.md.new docs/settings.md
	sed '/^## Rules$$/,$$d' docs/rules.md > docs/rules.md.new
	$(BIN)/python -m bot.dockerfile.rules.document >> docs/rules.md.new
	mv docs/rules.md.new docs/rules.md

bench: $(INSTALLED)
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.review
	$(BIN)/python -m bench.memory
	$(BIN)/python -m bench.scan
	$(BIN)/python -m bench.known
	$(BIN)/python -m bench.listing
	$(BIN)/python -m bench.advisories

fuzz: $(INSTALLED)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements-fuzz.lock
	$(BIN)/python -m tests.fuzz.run $(or $(SECONDS),20) $(TARGETS)

openapi: $(INSTALLED)
	$(BIN)/python -m tests.fakes.github.cut_openapi

lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 -c requirements-dev.lock --group fuzz -o requirements-fuzz.lock
	echo uv | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 - -o requirements-uv.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz dist
