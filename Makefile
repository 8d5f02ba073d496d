# Forwards to tools/dev.py, which also works where make does not: py tools\dev.py test
# Arguments go through ARGS: make test ARGS="tests/engine -k rank"

PYTHON ?= python3

.PHONY: help setup run serve demo test build ui lint mutants lock clean

help setup run serve demo test build ui lint mutants lock clean:
	@$(PYTHON) tools/dev.py $@ $(ARGS)
