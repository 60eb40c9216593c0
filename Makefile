# The book: `make book` builds it, `make test` checks it. Each installs what it needs, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(VENV)/.installed
SITE_PACKAGES := node_modules/.installed
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

# Settings of JupyterLab that touch nothing of the user's.
LAB := _build/lab

# What a user's shell may hold and what would then be installed, or run, in place of ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT
unexport NODE_ENV NODE_OPTIONS NODE_PATH
export PYTHONNOUSERSITE := 1
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# npm's own scripts look for node here.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book test goldens lab lock clean browser

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(PACKAGES) $(SITE_PACKAGES) ## execute the chapters and build the site in _build/html
	@$(BIN)/llmbook book

test: $(PACKAGES) $(SITE_PACKAGES) browser ## check style, run all tests, golden notebooks and browser included
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pytest --nbval --nbval-current-env tests

goldens: $(PACKAGES) $(SITE_PACKAGES) ## execute the chapters and freeze the results in tests/golden
	@$(BIN)/llmbook goldens

lab: $(PACKAGES) ## open the chapters as notebooks in JupyterLab; edits go back into the Markdown
	@$(BIN)/jupytext-config --settings-file $(LAB)/labconfig/default_setting_overrides.json \
	  set-default-viewer markdown myst
	@JUPYTER_CONFIG_DIR=$(CURDIR)/$(LAB) $(BIN)/jupyter lab $(LABFLAGS)

lock: ## pin the newest packages that pyproject.toml allows in requirements.txt
	$(PYTHON) -m venv _build/lock
	_build/lock/bin/python -m pip install --quiet uv
	_build/lock/bin/uv pip compile --universal --python-version 3.11 --all-extras --upgrade \
	  --no-header --no-annotate pyproject.toml -o requirements.txt

# The user's own list of ignored files may name things that are not ours to delete.
clean: ## remove everything that is not in the repository: environment, packages, site, caches
	git -c core.excludesFile=/dev/null clean -fdXq

# The mark is set last, so that an install that failed is tried again.
$(PACKAGES): requirements.txt pyproject.toml
	@rm -f $@
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

# A user's npm may be set to leave out tools or optional parts; the bundler is both.
$(SITE_PACKAGES): package-lock.json package.json .npmrc | $(PACKAGES)
	$(BIN)/npm ci --no-global --include=dev --include=optional --loglevel=error
	@touch $@

# Without a browser the tests that need one are skipped, or fail where CI=true.
browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	fi || echo "Chromium could not be installed" >&2
