.PHONY: up test bench check format clean

# Sets up, builds, starts the local services and deploys twice: ends with the app's URL.
up:
	.ci/setup && .ci/up

test:
	.ci/setup && .ci/test

bench:
	bench/run

check:
	.ci/check

format:
	swift format -i -r Sources Tests Package.swift

clean:
	rm -rf .build
