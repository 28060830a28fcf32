# `make serve` and `make test` set up what they need. Python 3.11 or newer is all that has to be there.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
WORLD ?= demo
BIN := .venv/bin

.PHONY: setup serve test lint bench prove lock clean

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

serve: setup
	$(BIN)/studio-mock serve --host $(HOST) --port $(PORT) --world $(WORLD)

# A fixed hash seed: what Schemathesis generates depends on it, and a run should be the same each time.
test: setup
	PYTHONHASHSEED=0 $(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/studio-mock spec lint

bench: setup
	-npm ci --silent --prefix bench
	$(BIN)/python -m bench

# Every planted defect has to be caught, and the healthy stand-in must raise no alarm: make prove ONLY="created-with-200 pages-skip"
prove: setup
	PYTHONHASHSEED=0 $(BIN)/python -m contract_tests.prove $(if $(ONLY),--only $(ONLY))

# Pins the newest versions that fit pyproject.toml.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet pip-tools
	build/lock/bin/pip-compile --quiet --upgrade --strip-extras --extra dev --allow-unsafe \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
