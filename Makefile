.PHONY: run test bench

run:
	@python3 config/bootstrap.py run

test:
	@python3 config/bootstrap.py test

bench:
	@.venv/bin/python -m bench $(FIGURES)
