.PHONY: check test seeds docs bench
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
# Writes its figures to the terminal; benches/README.md says how to read them.
bench:
	benches/run
