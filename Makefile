PYTHON ?= python3
IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-clean test check fmt unit migration push

# What the caller's shell happens to hold must not change what runs.
unexport PYTHONPATH PYTHONHOME $(filter PG%,$(.VARIABLES))
export PYTHONUTF8 := 1

help:
	@printf '%s\n' \
	  'make setup        .venv with everything that requirements.lock pins' \
	  'make demo         the whole suite in one process; data in demo-data/' \
	  'make demo-clean   forget what the demo made' \
	  'make test         every test; ARGS="-k invoice" passes on to pytest' \
	  'make unit         the tests that need no database and no broker' \
	  'make check        format, lint, types, architecture' \
	  'make fmt          format, and mend what the linter can mend' \
	  'make migration    service=billing m="add a column": write a migration' \
	  'make push         service=billing: bring a development database up to the code'

setup:
	@$(PYTHON) deploy/setup_venv.py

demo: setup
	@$(IN_VENV) -m demo $(ARGS)

demo-clean: setup
	@$(IN_VENV) -m demo --forget

test: setup
	@$(IN_VENV) -m pytest $(ARGS)

unit: setup
	@$(IN_VENV) -m pytest tests/unit $(ARGS)

check: setup
	@$(IN_VENV) -m ruff format --check --quiet
	@$(IN_VENV) -m ruff check --quiet
	@$(IN_VENV) -m mypy --no-error-summary
	@$(IN_VENV) -m pytest --quiet tests/architecture

fmt: setup
	@$(IN_VENV) -m ruff format
	@$(IN_VENV) -m ruff check --fix

migration: setup
	$(if $(and $(service),$(m)),,$(error say service=billing m="what changes"))
	@$(IN_VENV) -m $(service) migration -m "$$m"

push: setup
	$(if $(service),,$(error say service=billing))
	@$(IN_VENV) -m $(service) push
