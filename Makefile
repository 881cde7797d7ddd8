# `make demo PORT=8001` and `make demo RESET=1` reach the programs as environment variables.
PYTHON ?= python3
LOCK = .venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

.PHONY: demo test check bench soak lock clean product development lint

demo: product
	@.venv/bin/python -m lessonstudy.demo

# Three processes share the work, since one of them mostly waits for its browser. What kills or freezes whole programs
# comes when that is done, a file at a time.
test: development lint
	.venv/bin/python -m pytest -n 3 --dist worksteal -m "not soak and not alone"
	.venv/bin/python -m pytest -n 2 --dist loadfile -m "alone and not soak"

check: development lint
	.venv/bin/python -m pytest -q tests/test_deployment.py

bench: development
	.venv/bin/python -m bench

soak: development
	.venv/bin/python -m pytest -m soak -s

lock: development
	$(LOCK) requirements/product.in -o requirements/product.txt
	$(LOCK) requirements/development.in -o requirements/development.txt

# Everything that the other commands made, the demo's data included.
clean:
	@if [ -x .venv/bin/python ]; then .venv/bin/python -m lessonstudy.demo remove; fi
	rm -rf .venv .servers node_modules static/built build .pytest_cache .hypothesis .ruff_cache .import_linter_cache

product development:
	@$(PYTHON) lessonstudy/bootstrap.py $@

lint:
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/lint-imports
