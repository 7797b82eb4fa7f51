# The front door. Meson and Ninja do the work; `make help` lists what there is.
BUILD ?= build
SANITIZED = build-asan
THREADS = build-tsan
FUZZ = build-fuzz
COVER = build-cover
T ?= doc_yaml
S ?= 60

.PHONY: help setup build demo demo-reading test asan tsan lint format bench golden fuzz soak cover install clean

help: ## this table
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' Makefile | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

setup: ## install what is missing (Debian packages, npm packages into deps/); can be run again
	@tools/setup.sh build

build: setup ## the program: build/aisprint
	@tools/build.sh $(BUILD)

demo: build ## a first success: check, design and run the example on 1,000 images, with a report
	@tools/demo.sh $(BUILD)

demo-reading: build ## the second example: words found on 50 pictures and read
	@tools/demo.sh $(BUILD) reading

test: build ## every test
	@tests/run $(BUILD)

asan: setup ## every test under the address, undefined-behaviour and leak sanitizers
	@tools/build.sh $(SANITIZED) -Db_sanitize=address,undefined
	@tests/run $(SANITIZED)

tsan: setup ## the tests of rooms with threads under the thread sanitizer
	@tools/build.sh $(THREADS) -Db_sanitize=thread
	@tests/run $(THREADS) unit/test_infer unit/test_serve unit/test_place_heuristics

lint: ## layers, sizes, warnings as errors in gcc and clang, clang-tidy, cppcheck, shellcheck
	@tools/setup.sh build dev
	@tools/lint.sh

format: ## lay out all C sources
	@tools/setup.sh dev
	@git ls-files '*.c' '*.h' | xargs clang-format -i

bench: build ## measure; prints ours and the peer's from the same run
	@tools/setup.sh bench
	@bench/run.sh $(BUILD)

golden: build ## rewrite what the scenarios expect; read the diff like code
	@tests/run $(BUILD) --golden scenario

fuzz: setup ## search for crashes: make fuzz T=doc_yaml S=60 (T=all: every target)
	@tools/setup.sh dev
	@tools/fuzz.sh $(FUZZ) $(T) $(S)

soak: build ## the long kill-and-recover rounds
	@tests/soak/run.sh $(BUILD)

cover: setup ## coverage, a line a room
	@tools/setup.sh dev
	@tools/cover.sh $(COVER)

install: build ## install (PREFIX=/usr/local, DESTDIR=)
	@meson configure $(BUILD) -Dprefix=$(or $(PREFIX),/usr/local)
	@meson install -C $(BUILD)

clean: ## remove what was built; deps/ stays
	rm -rf build build-asan build-tsan build-fuzz build-cover build-gcc build-clang out
