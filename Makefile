# Needs Python 3.11 or later, and make. Everything is installed below this folder: `make clean` forgets the demonstration,
# `make distclean` the installation too.

PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
CORPUS := .corpus/feedparser-6.0.14
OLD_DUCKDB := .duckdb-1.0.0
TORTURE := $(wildcard tests/street/test_fuzz*.py) tests/street/test_kill_any_moment.py tests/street/test_full_disk.py
PACKAGES := chromium chromium-driver mariadb-server-core mariadb-client-core mini-httpd php-cli php-mbstring php-mysql \
	php-xml wordpress wordpress-theme-twentytwentyone

.PHONY: install run up test test-servers torture servers bench lint clean distclean

run: install          ## harvest the demonstration network through Airflow, publish, and show what was gathered
	$(BIN)/python -m tests.demonstration run

up: install           ## keep Airflow's pages and the demonstration network up until Ctrl-C
	$(BIN)/python -m tests.demonstration up

test: install $(CORPUS) $(OLD_DUCKDB)  ## everything that needs no system package
	CHM_FEED_CORPUS=$(CORPUS) CHM_OLD_DUCKDB=$(OLD_DUCKDB) \
		$(BIN)/pytest -m "not servers" -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)

test-servers: install servers  ## real servers and a browser, from packages, which it installs itself
	$(BIN)/pytest -m servers $(PYTEST)

torture: install      ## new examples for every parser, for half an hour, verbs killed at 200 random moments and at every write
	HYPOTHESIS_PROFILE=torture $(BIN)/pytest -o timeout=3600 $(TORTURE) $(PYTEST)

bench: install        ## ratios against peers, and what each step costs, as tables; some as plots in bench-results/
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.bench.normalize
	$(BIN)/python -m tests.bench.parsing
	$(BIN)/python -m tests.bench.loading $(LOADING)
	$(BIN)/python -m tests.bench.search --http $(SEARCH)
	$(BIN)/python -m tests.bench.crawl $(CRAWL)

lint: install         ## style, types and the one-way street
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: .venv/.installed

.venv/.installed: pyproject.toml uv.lock $(UV)
	$(UV) sync --frozen --quiet --python $(PYTHON) --no-python-downloads
	touch $@

# mini-httpd is there since Debian's wordpress asks for a web server: it serves the loopback alone, Apache everybody.
servers: .plone/.installed
	@for command in chromium chromedriver php mariadbd mariadb-install-db; do \
		PATH=$$PATH:/usr/sbin command -v $$command >/dev/null || missing=yes; \
	done; \
	php -m 2>/dev/null | grep -qx mysqli && [ -d /usr/share/wordpress/wp-content/themes/twentytwentyone ] || missing=yes; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The tests need a browser, WordPress and MariaDB. On Debian, as root:" >&2; \
		echo "  apt-get install --no-install-recommends $(PACKAGES)" >&2; \
		exit 1; \
	fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq --yes --no-install-recommends $(PACKAGES) >/dev/null

# In an environment of its own, since its 230 packages are none of ours.
.plone/.installed: tests/servers/plone/requirements.txt $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) --no-python-downloads .plone
	$(UV) pip install --quiet --python .plone/bin/python --requirement $<
	touch $@

$(UV):
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv==0.13.9

# feedparser's own test feeds come with its source distribution only; pinned by hash.
$(CORPUS): tests/feed-corpus.txt $(UV)
	.uv/bin/pip download --quiet --no-deps --no-binary :all: --require-hashes -d .corpus -r $<
	tar -xzf .corpus/feedparser-6.0.14.tar.gz -C .corpus
	touch $@

# The oldest DuckDB that must open chm.duckdb, beside ours; it was built for Python up to 3.12 only.
$(OLD_DUCKDB): $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) --no-python-downloads $@
	$(UV) pip install --quiet --python $@/bin/python --only-binary :all: duckdb==1.0.0 || \
		echo "There is no DuckDB 1.0.0 for this Python: the test that opens a release with it will skip." >&2
	touch $@

clean:
	rm -rf .demo

distclean: clean
	rm -rf .venv .uv .plone .corpus $(OLD_DUCKDB) .pytest_cache .mypy_cache .ruff_cache .hypothesis bench-results
