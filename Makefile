# The two commands are `make run` and `make test`. Everything else is for those who work on the product.
SHELL := /bin/bash
PY ?= python3.11
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
TEST_STATE ?= var/test
WORKERS ?= 2

.PHONY: run test check bench accuracy demo stop lock format clean

run: .venv/.run  ## Set up and run the product with its demo organisation
	@exec $(MANAGE) up

test: .venv/.dev  ## Every test, real browser included
	@$(BIN)/python -m tests.browser
	@SAYPRO_STATE=$(TEST_STATE) $(MANAGE) embedded run --fast -- $(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

check: .venv/.dev  ## Lint, format, types, imports, templates, deployment settings, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy
	SAYPRO_STATE=$(TEST_STATE) $(MANAGE) embedded run --fast -- $(BIN)/python manage.py makemigrations --check --dry-run
	DATABASE_URL=postgres://u:p@127.0.0.1:1/x REDIS_URL=redis://127.0.0.1:1/0 SAYPRO_EMAIL_URL=smtp+tls://u:p@127.0.0.1:587 \
	  SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	  $(MANAGE) check --deploy --fail-level WARNING

bench: .venv/.dev  ## Speed, as ratios in one run
	@SAYPRO_STATE=var/bench $(MANAGE) embedded run --fast -- $(BIN)/python -m benchmarks

accuracy: .venv/.dev  ## The stated accuracy of the verdicts, by simulation
	@$(BIN)/python -m benchmarks.accuracy

demo: .venv/.run  ## Load the demo organisation
	@$(MANAGE) embedded run -- $(MANAGE) load_demo

stop:  ## Stop what `make run` started
	@$(MANAGE) stop

lock: .venv/.dev  ## Resolve requirements*.in into the locked files
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q requirements-dev.in -o requirements-dev.txt

format: .venv/.dev
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.venv/bin/python:
	@if command -v uv >/dev/null; then uv venv --quiet --python 3.11 .venv; else $(PY) -m venv .venv; fi

.venv/.run: requirements.txt | .venv/bin/python
	@echo "Installing what the product needs ..."
	@if command -v uv >/dev/null; then uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.txt; \
	 else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "Installing what its tests need ..."
	@if command -v uv >/dev/null; then uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.txt; \
	 else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; fi
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
