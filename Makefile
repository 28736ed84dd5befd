# nianbao (年报). `make help` lists the targets.
#
# DATA is the data root; PORT is the site's port, PORTAL_PORT the test portal's; UNTIL=06:00
# ends a crawl at that hour, SHARD=2/8 crawls the second of eight parts.
# The targets only pass failure on; a timer that needs the exact exit status
# calls the commands themselves (see docs/reference.md).

DATA ?= data
REGISTRY ?= crawler/portals.toml
PORT ?= 8001
PORTAL_PORT ?= 8790
SQL ?= on
ONLY ?=
UNTIL ?=
SHARD ?=
SHARDS ?=
CLUSTER ?=
DEST ?=
SRC ?=
OUT ?=
RELEASE ?=
FICTION ?=
PYTHON ?= python3

PY := .venv/bin/python
READY := .venv/.ready
CLUSTER_READY := .venv/.cluster

.DEFAULT_GOAL := help
.PHONY: help setup demo crawl build check serve test prove lint bench bench-deps cluster-deps fsck export teaching releases rollback pictures \
	backup restore deposit system-deps lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv from requirements.lock; nothing outside this folder changes

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("nianbao needs Python 3.11 or later; set PYTHON=" if sys.version_info < (3, 11) else 0)'
	@echo "making .venv from requirements.lock: once, a minute or two"
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(PY) -m pip install -qq --no-cache-dir --disable-pip-version-check \
		--require-hashes --no-deps -r requirements.lock
	touch $@

demo: DATA = data/demo
demo: $(READY) ## crawl the bundled fictional portal and build its release in data/demo
	$(PY) -m tests.demo --data "$(DATA)" --portal-port $(PORTAL_PORT) --port $(PORT)

crawl: $(READY) ## crawl REGISTRY= into DATA=, then build; UNTIL=06:00 ends it, SHARD=1/2 takes a part, SHARDS=2 crawls both at once
	@status=0; $(PY) -m scrapy collect --registry "$(REGISTRY)" --data "$(DATA)" \
		$(if $(UNTIL),--until "$(UNTIL)") $(if $(SHARD),--shard "$(SHARD)") \
		$(if $(SHARDS),--shards "$(SHARDS)") $(if $(CLUSTER),--cluster "$(CLUSTER)") || status=$$?; \
	case $$status in 1|2) ;; *) $(PY) -m archive build --data "$(DATA)" || exit $$?;; esac; \
	echo "crawl status $$status (0 as declared, 1 could not begin or store, 2 not understood," \
		"3 something failed, 4 fewer reports than expected, 5 stopped by its window)"; \
	exit $$status

build: $(READY) ## read what is new in DATA= and publish a release
	$(PY) -m archive build --data "$(DATA)"

check: $(READY) ## print what is wrong in the current release of DATA=
	$(PY) -m archive check --data "$(DATA)"

serve: $(READY) ## open the current release of DATA= in Datasette on PORT=; SQL=off: no statements
	$(PY) -m archive serve --data "$(DATA)" --port $(PORT) --sql $(SQL)

test: $(READY) $(CLUSTER_READY) ## run the tests on two cores (6 to 7 minutes)
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

prove: $(READY) $(CLUSTER_READY) ## run the long proofs; ONLY=read|hostile|crawl|portals|probe|archive|masking|meaning|pages|search|switch|audit|trust|cluster|store|scale|shards|delta
	$(PY) -m tests.prove $(ONLY)

lint: $(READY) ## ruff, mypy --strict, and the registry's own lint
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m scrapy lint

bench-deps: $(READY) ## install what the bench compares with beside .venv's packages (pandas)
	$(PY) -m pip install -qq --no-cache-dir --disable-pip-version-check --upgrade \
		--require-hashes --no-deps --target .venv/bench -r requirements-bench.lock

cluster-deps: $(CLUSTER_READY) ## install Dask, fsspec and S3 into .venv, for --cluster and WARC files elsewhere

$(CLUSTER_READY): $(READY) requirements-cluster.lock
	@echo "installing the extra [cluster] from requirements-cluster.lock"
	$(PY) -m pip install -qq --no-cache-dir --disable-pip-version-check \
		--require-hashes --no-deps -r requirements-cluster.lock
	touch $@

bench: $(READY) $(CLUSTER_READY) ## measure speed; ONLY=read|crawl|archive|meaning|panel|site|scale; exit 1 if a goal is missed
	$(PY) -m tests.bench $(ONLY)

fsck: $(READY) ## verify every archived byte of DATA=, its ledger and its release
	$(PY) -m archive fsck --data "$(DATA)"

export: $(READY) ## say where the current release's files are (CSV, Parquet …), or write them to OUT=
	$(PY) -m archive export --data "$(DATA)" $(if $(OUT),--out "$(OUT)")

teaching: $(READY) ## write a teaching subset (2 MB at most) of the current release of DATA= to OUT=
	@test -n "$(OUT)" || { echo "make teaching: give OUT=, the ZIP to write" >&2; exit 2; }
	$(PY) -m archive teaching --data "$(DATA)" --out "$(OUT)"

pictures: $(READY) ## take the pictures of the READMEs anew, of a demo release; then look at them
	$(PY) -m tests.pictures

releases: $(READY) ## list the releases of DATA= that are kept, and their tags
	$(PY) -m archive releases --data "$(DATA)"

rollback: $(READY) ## make the release before the current one of DATA= current again, or RELEASE=
	$(PY) -m archive rollback $(RELEASE) --data "$(DATA)"

backup: $(READY) ## copy what cannot be made again of DATA= to DEST=, and prove it there
	@test -n "$(DEST)" || { echo "make backup: give DEST=, a folder on another disk" >&2; exit 2; }
	$(PY) -m archive backup --data "$(DATA)" --to "$(DEST)" $(if $(filter command,$(origin REGISTRY)),--registry "$(REGISTRY)")

restore: $(READY) ## make DATA= again, into an empty folder, from the backup at SRC=
	@test -n "$(SRC)" || { echo "make restore: give SRC=, the backup's folder" >&2; exit 2; }
	$(PY) -m archive restore --data "$(DATA)" --from "$(SRC)"

deposit: $(READY) ## prepare a folder OUT= for a data repository; RELEASE=, FICTION=on to practise on the demo
	@test -n "$(OUT)" || { echo "make deposit: give OUT=, the folder to make" >&2; exit 2; }
	$(PY) -m archive deposit --data "$(DATA)" --out "$(OUT)" $(if $(RELEASE),--release "$(RELEASE)") \
		$(if $(filter on,$(FICTION)),--fiction)

system-deps: ## install LibreOffice (reads DOC, RTF, WPS), Chromium, fonts, R, nginx (bench) with apt
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		libreoffice-writer libreoffice-calc chromium fonts-noto-cjk nginx sqlite3 wget \
		r-base-core r-cran-dbi r-cran-rsqlite r-cran-jsonlite

COMPILE := uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header -q

lock: ## renew the three locks from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --group dev -o requirements.lock
	$(COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	$(COMPILE) pyproject.toml --extra cluster --group cluster-test -c requirements.lock -o requirements-cluster.lock

clean: ## remove .venv and caches; data stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
