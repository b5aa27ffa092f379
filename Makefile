# Needs Python 3.11 or later, and make. Everything is installed below this folder: `make clean` forgets the demonstration,
# `make distclean` the installation too.

PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
CORPUS := .corpus/feedparser-6.0.14

.PHONY: install run up test test-servers bench lint clean distclean

run: install          ## harvest the demonstration network through Airflow, publish, and show what was gathered
	$(BIN)/python -m tests.demonstration run

up: install           ## keep Airflow's pages and the demonstration network up until Ctrl-C
	$(BIN)/python -m tests.demonstration up

test: install $(CORPUS)  ## everything that needs no system package
	CHM_FEED_CORPUS=$(CORPUS) $(BIN)/pytest -m "not servers" -n 2 --dist loadgroup $(PYTEST)

test-servers: install ## real servers and a browser, from system packages
	$(BIN)/pytest -m servers $(PYTEST)

bench: install        ## ratios against peers, as a table
	$(BIN)/python -m tests.bench $(BENCH)

lint: install         ## style, types and the one-way street
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: .venv/.installed

.venv/.installed: pyproject.toml uv.lock $(UV)
	$(UV) sync --frozen --quiet
	touch $@

$(UV):
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv==0.13.9

# feedparser's own test feeds come with its source distribution only; pinned by hash.
$(CORPUS): tests/feed-corpus.txt $(UV)
	.uv/bin/pip download --quiet --no-deps --no-binary :all: --require-hashes -d .corpus -r $<
	tar -xzf .corpus/feedparser-6.0.14.tar.gz -C .corpus
	touch $@

clean:
	rm -rf .demo

distclean: clean
	rm -rf .venv .uv .corpus .pytest_cache .mypy_cache .ruff_cache .hypothesis bench-results
