# make run     build in release, and run the example job
# make build   build in release: .build/release/moira
# make test    what continuous integration runs: format, warnings, tests, generated pages
# make check   the same
# make generate  write the pages that follow from the sources

BUILD_FLAGS := --explicit-target-dependency-import-check error

# Suites that wait, for clocks of their own, sockets and servers, in a process apart from those that
# compute: all tests of a process share as many threads as there are cores. Those that wait for other
# processes run last.
WAITING := MoiraSimTests|MoiraBoardTests|MoiraStorageTests
# Of the federation's, those in one process: threads that wait for processes would hold up their sockets.
HOSTILE := MoiraFederationTests.*(Hostile|Stranger|LyingHub|AgentMemory|SlowLoris|WireDump|CertificateRenewal)

.PHONY: run build test check generate format lint setup setup-tests clean

run: build
	.build/release/moira run pipelines/homo_lr.yaml

build: setup
	swift build -c release --product moira $(BUILD_FLAGS)

test check: setup-tests lint
	swift build --build-tests $(BUILD_FLAGS)
	swift test --skip-build --skip 'MoiraFederationTests|$(WAITING)'
	swift test --skip-build --filter '$(WAITING)'
	swift test --skip-build --filter '$(HOSTILE)'
	swift test --skip-build --filter MoiraFederationTests --skip '$(HOSTILE)'
	.build/debug/moira generate --check

generate: setup
	swift build --product moira $(BUILD_FLAGS)
	.build/debug/moira generate

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

setup:
	@sh setup.sh

# FATE's client, which the tests run, wants Python with venv.
setup-tests:
	@sh setup.sh --tests

clean:
	rm -rf .build .moira
