# Two commands do everything: `make demo` and `make test`.
# make demo PORT=8050 LOGDIR=runs ARGS="--cifar10 FOLDER"

PORT ?= 8050
LOGDIR ?= runs
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
BASE_PYTHON := $(shell command -v python3.11 || command -v python3)

.PHONY: demo test setup setup-dev check clean

demo: $(VENV)/.installed
	@$(BIN)/python app.py --logdir "$(LOGDIR)" --port "$(PORT)" --check
	$(BIN)/python -m demo --logdir "$(LOGDIR)" $(ARGS)
	$(BIN)/python app.py --logdir "$(LOGDIR)" --port "$(PORT)"

test: $(VENV)/.installed-dev
	tests/install_chromium
	PATH="$(CURDIR)/$(BIN):$$PATH" .ci/check

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/pip:
	@"$(BASE_PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Epochscope needs Python 3.11 or newer: apt-get install python3 python3-venv"; exit 2; }
	"$(BASE_PYTHON)" -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV)
