.PHONY: check test seeds bench
# What CI runs.
check:
	.ci/run
test:
	cargo test
seeds:
	cargo run --release -- compare seeds --out out
# Writes its figures to the terminal; benches/README.md says how to read them.
bench:
	benches/run
