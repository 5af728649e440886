# make run     build in release, and run the example job
# make build   build in release: .build/release/moira, which on Linux runs without Swift's libraries
# make test    what continuous integration runs: format, warnings, tests, generated pages
# make check   the same
# make generate  write the pages and the code that follow from other sources

BUILD_FLAGS := --explicit-target-dependency-import-check error
# One binary, to be copied to machines that have no Swift; other systems bring Swift along.
RELEASE_FLAGS := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)

# Suites that wait, for clocks of their own, sockets and servers, in a process apart from those that
# compute: all tests of a process share as many threads as there are cores. Those that wait for other
# processes run last.
WAITING := MoiraSimTests|MoiraBoardTests|MoiraStorageTests
# Of the federation's, those in one process: threads that wait for processes would hold up their sockets.
HOSTILE := MoiraFederationTests.*(Hostile|Stranger|LyingHub|AgentMemory|SlowLoris|WireDump|CertificateRenewal)

.PHONY: run build test check generate format lint setup setup-tests setup-generate clean

run: build
	.build/release/moira run pipelines/homo_lr.yaml

build: setup
	swift build -c release --product moira $(BUILD_FLAGS) $(RELEASE_FLAGS)

test check: setup-tests lint
	swift build --build-tests $(BUILD_FLAGS)
	swift test --skip-build --skip 'MoiraFederationTests|$(WAITING)'
	swift test --skip-build --filter '$(WAITING)'
	swift test --skip-build --filter '$(HOSTILE)'
	swift test --skip-build --filter MoiraFederationTests --skip '$(HOSTILE)'
	.build/debug/moira generate --check

generate: setup-generate
	sh Proto/generate.sh
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

# What goes over the wire is written from Proto by Debian's protoc.
setup-generate:
	@sh setup.sh --generate

clean:
	rm -rf .build .moira
