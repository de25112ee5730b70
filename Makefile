# Everything a newcomer, a maintainer and CI run, under the same names. Needs Python >= 3.11 and make.
# Paths are relative throughout, so a folder with a space in its name works too.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
WINDOWS := $(filter Windows_NT,$(OS))
BIN := .venv/$(if $(WINDOWS),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Stamps say which lock the environment was built from; touching neither lock makes a second run immediate.
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
TYPESCRIPT := clients/typescript/node_modules/.installed
WORKERS ?= auto
# Extras stay in the locks: pip, asked for coverage[toml] and given the hash of plain coverage, takes the newest
# release there is, and refuses it as unpinned.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) pyproject.toml

.PHONY: help serve test check lint format openapi examples errors ownership tour mutants typescript clients sbom audit lock clean benchmarks
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'

serve: $(RUNTIME) ## run the service here (ARGS="--port 9000" is handed on)
	@$(BIN)/ttdn serve $(ARGS)

test: $(DEVELOPMENT) ## run the tests (ARGS="-k word" is handed on, COVERAGE=1 measures branches)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(if $(COVERAGE),--cov --cov-report=term-missing:skip-covered) $(ARGS)

check: ## what CI runs: lint, then the tests with coverage
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test COVERAGE=1

lint: $(DEVELOPMENT) ## format, style, types, import contracts, dependencies, container files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	cd clients/python && ../../$(BIN)/deptry .
	$(PIP) check
	$(if $(WINDOWS),,$(BIN)/hadolint Dockerfile)
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(DEVELOPMENT) ## let ruff format the code and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: $(RUNTIME) ## write openapi.json from the code (BREAKING=1 where a client breaks, and is told in CHANGELOG.md)
	@$(BIN)/ttdn openapi > openapi.json.new
	@$(BIN)/python -m tests.house.contract openapi.json openapi.json.new || test -n "$(BREAKING)"
	@mv openapi.json.new openapi.json

examples: $(DEVELOPMENT) ## record app/web/examples.json anew from the running service, then write openapi.json
	@$(BIN)/python -m tests.house.examples
	@$(MAKE) --no-print-directory openapi

errors: $(DEVELOPMENT) ## write docs/errors.md from the code
	@$(BIN)/python -m tests.house.errors

ownership: $(DEVELOPMENT) ## write docs/ownership.md from the policy
	@$(BIN)/python -m tests.house.ownership

tour: $(DEVELOPMENT) ## walk the README's tour on a fresh server and write what is answered (needs bash, curl, jq)
	@$(BIN)/python -m tests.house.tour

benchmarks: $(DEVELOPMENT) ## measure the service beside its limits and its peers and write benchmarks/README.md (two hours; ARGS="--only writes": a part)
	@$(BIN)/python -m benchmarks.side_by_side $(ARGS)

mutants: $(DEVELOPMENT) ## change the policy in every small way; a change that no test notices is shown and fails
	@$(BIN)/python -m tests.house.mutants $(ARGS)

typescript: $(TYPESCRIPT) ## write clients/typescript/ttdn.ts from openapi.json and check its example (needs npm)
	@cd clients/typescript && npm run --silent types && npm run --silent check

clients: $(DEVELOPMENT) typescript ## feed every example to the TypeScript types and to a generated Python client (needs the network)
	rm -rf build/clients && mkdir -p build/clients
	$(BIN)/python tests/house/clients.py typescript > build/clients/examples.ts
	clients/typescript/node_modules/.bin/tsc --noEmit --strict build/clients/examples.ts
	$(BIN)/uvx openapi-python-client generate --path openapi.json --meta none --fail-on-warning \
		--config tests/house/clients.yml --output-path build/clients/generated
	PYTHONPATH=build/clients $(BIN)/uv run --quiet --no-project --with attrs --with httpx --with python-dateutil \
		python -W error tests/house/clients.py python

sbom: $(DEVELOPMENT) ## write build/sbom.json: every package that runs, with its hashes, as CycloneDX (needs the network)
	@mkdir -p build
	@$(BIN)/uvx --from 'cyclonedx-bom>=7,<8' cyclonedx-py requirements requirements.lock \
		--pyproject pyproject.toml --output-reproducible --of JSON --output-file build/sbom.json
	@echo build/sbom.json

audit: $(DEVELOPMENT) ## ask the advisories about every package that runs (needs the network; fails where it could not ask)
	$(BIN)/uvx 'pip-audit>=2.9,<3' --strict --disable-pip --require-hashes --requirement requirements.lock

lock: $(DEVELOPMENT) ## write both locks anew from pyproject.toml (UPGRADE=1 takes newer releases)
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group dev --extra otel --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove what was built here; data in var/ stays
	rm -rf .venv build clients/typescript/node_modules clients/python/build *.egg-info clients/python/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov
	rm -f .coverage .coverage.* openapi.json.new

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Cần Python 3.11 trở lên. Python 3.11 or newer was not found;" \
		"name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; \
		echo "This Python cannot make an environment (on Debian: apt-get install python3-venv)." >&2; exit 1; }

# The project itself is installed without asking the network for anything: setuptools is in the locks.
$(RUNTIME): .venv/pyvenv.cfg requirements.lock pyproject.toml
	@echo "Installing what the service needs …"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# uv does in seconds what takes pip a minute. It does not read pip's configuration: where it fails, pip is asked.
$(DEVELOPMENT): .venv/pyvenv.cfg requirements-dev.lock pyproject.toml clients/python/pyproject.toml
	@echo "Installing what the service and its tests need …"
	@sed -n '/^uv==/,/# via/p' requirements-dev.lock > .venv/uv.lock
	@$(PIP) install --quiet --require-hashes -r .venv/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock 2>/dev/null \
		|| $(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . --editable clients/python
	@touch $@ $(RUNTIME)

$(TYPESCRIPT): clients/typescript/package.json clients/typescript/package-lock.json
	@cd clients/typescript && npm ci --silent
	@touch $@
