# Thin: each target is one script, which also runs without make.

PORT ?= 8000
.PHONY: run setup reset test lint bench eval docs gate messages help

help:           ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:            ## Set up what is missing and serve on http://127.0.0.1:8000 until Ctrl-C (PORT= moves it)
	@PORT='$(PORT)' sh deploy/run.sh

setup:          ## Set up only
	@sh deploy/run.sh setup

reset:          ## Empty the embedded instance; the next `make run` starts with a fresh demo company
	@sh deploy/reset.sh

test:           ## Everything that CI runs, from a fresh machine on
	@sh deploy/test.sh

lint:           ## Formatting, types, layers, templates, TypeScript
	@sh deploy/test.sh lint

bench:          ## Measure against the limits of the machine
	@sh deploy/test.sh bench

eval:           ## What the policy engine sees of disguised words, and how often it objects to nothing
	@sh deploy/test.sh eval

docs:           ## Check the guides: links, settings, commands
	@sh deploy/test.sh docs

gate:           ## The gate's state machine with its guard mutants
	@sh deploy/test.sh gate

messages:       ## Bring the French catalogues up to date; then translate what is empty
	@sh scripts/make_messages.sh
