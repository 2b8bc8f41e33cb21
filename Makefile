PYTHON ?= python3
IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-media demo-films demo-clean up-local test prove faults soak bench bench-growth check types architecture audit lock fmt unit migration push up down

# What the caller's shell happens to hold must not change what runs.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE $(filter PG%,$(.VARIABLES))
export PYTHONUTF8 := 1

help:
	@printf '%s\n' \
	  'make setup        .venv with everything that requirements.lock pins' \
	  'make demo         the whole suite in one process; data in demo-data/' \
	  '                  with AMQP_URI=… DATABASE_URL=…: in ten, on those servers' \
	  'make demo-media   twelve photographs by every template on one sheet; demo-data/media.jpg' \
	  'make demo-films   eight photographs as four films with music; demo-out/films/' \
  'make up-local     ten processes on this machine, until Ctrl-C; data in up-data/' \
	  'make demo-clean   forget what the demo made' \
	  'make test         every test; ARGS="-k invoice" passes on to pytest' \
	  'make prove        break the code in one place after another: a test notices each; tests/mutants/' \
	  'make soak         what takes minutes: two replicas of each process, twenty kills, every contest' \
	  'make bench        speed, side by side with its peers in one run; bench-out/results.json' \
	  'make bench-growth the same of a store of ten million events; minutes, 12 GB' \
	  'make faults       processes killed, connections cut, broker lost; then every history checked' \
	  '                  SEEDS=200 FIRST_SEED=1; CLUSTER=1: three RabbitMQ nodes, each killed in turn' \
	  '                  MONEY=10000: billing killed as money moves; so many random histories of it' \
	  'make unit         the tests that need no database and no broker' \
	  'make check        format, lint, types, architecture, known weaknesses of libraries' \
	  'make lock         the hashes of requirements.lock anew, after a line was added' \
	  'make fmt          format, and mend what the linter can mend' \
	  'make migration    service=billing m="add a column": write a migration' \
	  'make push         service=billing: bring a development database up to the code' \
	  'make up           the suite in containers (Docker alone is needed); docs/deploying.md' \
	  'make down         stop the containers; what they stored stays'

setup:
	@$(PYTHON) deploy/setup_venv.py

demo: setup
	@$(IN_VENV) -m demo $(ARGS)

demo-media: setup
	@PYTHONPATH=services:shared:deploy:tests $(IN_VENV) -m photographs sheet

demo-films: setup
	@$(IN_VENV) -m demo.films

demo-clean: setup
	@$(IN_VENV) -m demo --forget

up-local: setup
	@$(IN_VENV) -m distributed $(ARGS)

# a file at a time to each of two, the long ones first: each brings its own servers; the files that
# look at the one main job go together (tests/conftest.py)
test: setup
	@$(IN_VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

prove: setup
	@PYTHONPATH=tests $(IN_VENV) -m mutants $(ARGS)

soak: setup
	@$(IN_VENV) -m pytest tests/soak tests/journeys tests/faults tests/integration tests/bench -m long -s $(ARGS)

bench: setup
	@PYTHONPATH=tests $(IN_VENV) -m bench $(ARGS)

bench-growth: setup
	@PYTHONPATH=tests $(IN_VENV) -m bench growth $(ARGS)

faults: setup
	@PYTHONPATH=tests $(IN_VENV) -m faults $(SEEDS:%=--seeds %) $(FIRST_SEED:%=--first-seed %) $(if $(CLUSTER),--cluster) $(MONEY:%=--money %) $(PAID:%=--paid %) $(PAID_FILMS:%=--paid-films %) $(FILMS:%=--films %)

unit: setup
	@$(IN_VENV) -m pytest tests/unit $(ARGS)

check: setup
	@$(IN_VENV) -m ruff format --check --quiet
	@$(IN_VENV) -m ruff check --quiet
	@$(MAKE) --no-print-directory --jobs 3 --output-sync types architecture audit

types: setup
	@$(IN_VENV) -m mypy --no-error-summary --num-workers 2

architecture: setup
	@$(IN_VENV) -m pytest --quiet tests/architecture

audit: setup # waits for the network, and so beside the types
	@$(IN_VENV) deploy/audit.py

# Every line anew with the hashes of all its files; the versions are those that stand there.
lock: setup
	@$(IN_VENV) -m uv pip compile requirements.lock --quiet --no-deps --generate-hashes --no-annotate \
		--no-header --python-version 3.11 --output-file requirements.lock

fmt: setup
	@$(IN_VENV) -m ruff format
	@$(IN_VENV) -m ruff check --fix

migration: setup
	$(if $(and $(service),$(m)),,$(error say service=billing m="what changes"))
	@$(IN_VENV) -m $(service) migration -m "$$m"

push: setup
	$(if $(service),,$(error say service=billing))
	@$(IN_VENV) -m $(service) push

# Who may read secrets/ on this host is who made it; compose reads .env by itself.
up:
	@mkdir -p -m 700 secrets
	@umask 077; grep -qs '^SUITE_USER=' .env || echo "SUITE_USER=$$(id -u):$$(id -g)" >> .env
	docker compose run --rm --build --no-deps keys
	docker compose up --build --detach --wait --wait-timeout 300

down:
	docker compose down
