.PHONY: check test seeds docs pictures bench
# What CI runs.
check:
	.ci/run
test:
	cargo test --release
seeds:
	cargo run --release -- compare seeds --out out
# Writes docs/tables.md from the tables' schema.
docs:
	PARALLAX_WRITE_DOCS=1 cargo test --release --test docs
# The README's pictures; needs Debian's chromium, its driver, and tests/browser/requirements.txt in target/browser-venv.
pictures:
	target/browser-venv/bin/python tests/browser/pictures.py target/release/parallax docs/pictures
# Writes its figures to the terminal; benches/README.md says how to read them.
bench:
	benches/run
