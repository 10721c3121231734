# Everything happens in .venv, which is made on the first call and kept.
.DELETE_ON_ERROR:
unexport PYTHONPATH PYTHONHOME

VENV := .venv
RUN := $(VENV)/bin/python
# The first of these interpreters that is a Python 3.11 to 3.13, on which the newest TensorFlow runs.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$python && break; done)

# A copy of the full MNIST beside the checkout, if there is one; otherwise Keras' copy, or a sample.
MNIST_NPZ ?= $(abspath $(wildcard ../shared/data/mnist.npz))
export MNIST_NPZ

.PHONY: help setup reproduce page notebooks figures test test-slow mutants matrix compare seeds pages lint clean
help:
	@echo "make setup       install into .venv, nothing else"
	@echo "make reproduce   run every claim: print its verdict, write records, figures and the page to runs/"
	@echo "make page        write runs/page.html: all of it in one file, to look at in a browser"
	@echo "make notebooks   write each script as a Jupyter notebook to runs/notebooks/"
	@echo "make compare     compare our runs with the original programs', and draw both"
	@echo "make figures     run every claim and renew the reference in figures/"
	@echo "make seeds       judge every claim with the project's seeds"
	@echo "make pages       write the generated parts of README, docs/ and tests/README from the reference"
	@echo "make test        run the tests, except those that train MNIST in full"
	@echo "make test-slow   run those; with TRAINED=runs either judges what make reproduce has just"
	@echo "                 trained there, and trains no claim again"
	@echo "make mutants     break the code in small ways, one by one, and count those that a fast test finds"
	@echo "make matrix      record every TensorFlow release since 1.13, and the other backends;"
	@echo "                 VERSIONS=\"1.15 2.10\" some, BUILD=tf-nightly your own or a nightly one,"
	@echo "                 PROBES=1 the probes alone, KEEP=1 keeps the environments"
	@echo "make lint        check the style of the code"
	@echo "make clean       remove .venv, .tox and runs/ (your own records and figures)"
	@echo "All but clean set up .venv first. PYTHON=/path/to/python chooses the interpreter."

setup: $(VENV)/installed

# the page is written of whatever came out, and the status is that of the run
reproduce: $(VENV)/installed
	@$(RUN) -m reproductions run; status=$$?; $(RUN) -m reproductions page && exit $$status

figures: $(VENV)/installed
	@$(RUN) -m reproductions run --out figures

page: $(VENV)/installed
	@$(RUN) -m reproductions page

notebooks: $(VENV)/installed
	@$(RUN) -m reproductions notebooks

compare: $(VENV)/installed
	@$(RUN) -m reproductions compare

seeds: $(VENV)/installed
	@$(RUN) -m reproductions run --seeds --out figures

pages: $(VENV)/installed
	@$(RUN) tests/pages.py

# As its environment has it, nothing of it expanded.
override TRAINED := $(value TRAINED)
export TRAINED
test: $(VENV)/installed
	@$(RUN) -m pytest -n auto

test-slow: $(VENV)/installed
	@$(RUN) -m pytest -m slow -n auto

mutants: $(VENV)/installed
	@$(RUN) tests/mutants.py

# Each in an environment of its own, two at a time, on the Python that it needs. The shell splits names
# at spaces and lists files for a *, but runs nothing of them: it has them as variables.
override VERSIONS := $(value VERSIONS)
override BUILD := $(value BUILD)
export VERSIONS BUILD
matrix: $(VENV)/installed
	@$(RUN) -m reproductions matrix $$VERSIONS $${BUILD:+--build $$BUILD} $(if $(KEEP),--keep) \
		$(if $(PROBES),--probes)

lint: $(VENV)/installed
	@$(RUN) -m flake8

clean:
	rm -rf $(VENV) .tox runs

# A half-made .venv lacks the file "installed" and is made anew. So is one whose Python has gone: the
# empty rule makes that no error.
$(RUN): ;
$(VENV)/installed: requirements.lock requirements.txt setup.cfg pyproject.toml $(RUN)
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11, 3.12 or 3.13:" \
		"make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; exit 2; }
	@echo "Installing into $(VENV), once: about a minute" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock
	@# the checkout itself has no hash; setuptools, which installs it, is one of the above
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--editable .
	@touch $@
