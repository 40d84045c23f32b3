# make serve   the product in the browser, on the real plan     make test       everything that must pass
# make setup   only the set-up; then .venv/bin/zeren            make test-all   the long tests as well
# make lint    ruff and mypy --strict                           make bench      ratios against peers on the same data
#                                                               (LARGE=--large: 1.8 million quads too)
# make lock    the lock files anew (needs uv)                   make clean      remove what these made

SHELL := /bin/sh
BIN := .venv/bin
# Where this is set, every process compiles zeren anew, and the tests start hundreds.
export PYTHONDONTWRITEBYTECODE =

.PHONY: serve setup test test-all lint bench lock clean browser

serve: .venv/product.stamp
	$(BIN)/zeren serve --open

setup: .venv/product.stamp

# Files are shared out among the cores; what the tests of one file build is built once.
test: .venv/test.stamp browser
	$(BIN)/python -m pytest -m "not long" -n auto --dist loadfile

test-all: .venv/test.stamp browser
	$(BIN)/python -m pytest

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test.stamp
	$(BIN)/python -m tests.bench $(LARGE)

lock:
	.ci/lock

browser:
	.ci/browser

clean:
	rm -rf .venv .zeren dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/product.stamp: .ci/requirements.lock pyproject.toml
	.ci/setup product

.venv/test.stamp: .ci/requirements-test.lock pyproject.toml
	.ci/setup test
