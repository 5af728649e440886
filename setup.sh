#!/bin/sh
# Installs the system libraries that are missing, and says so before it does.
set -eu

say() { printf '%s\n' "moira: $*"; }

if ! command -v swift >/dev/null 2>&1; then
  say "a Swift 6.2 toolchain or a later one is needed: https://www.swift.org/install"
  exit 1
fi

missing=""
need() { # name, whether it is there, package
  if ! eval "$2" >/dev/null 2>&1; then missing="$missing $3"; fi
}

if [ "$(uname)" = "Darwin" ]; then
  need pkg-config "command -v pkg-config" pkg-config
  need libyaml "pkg-config --exists yaml-0.1" libyaml
  need gmp "pkg-config --exists gmp" gmp
  need libpq "pkg-config --exists libpq" libpq
  if [ "${1:-}" = --generate ]; then need protoc "command -v protoc" protobuf; fi
  [ -z "$missing" ] && exit 0
  say "installing$missing with brew"
  # shellcheck disable=SC2086
  brew install $missing
  exit 0
fi

need pkg-config "command -v pkg-config" pkg-config
need libyaml "pkg-config --exists yaml-0.1" libyaml-dev
need sqlite "pkg-config --exists sqlite3" libsqlite3-dev
need gmp "pkg-config --exists gmp" libgmp-dev
need zlib "pkg-config --exists zlib" zlib1g-dev
need libpq "pkg-config --exists libpq" libpq-dev
if [ "${1:-}" = --tests ]; then
  need venv "python3 -c 'import ensurepip'" "python3 python3-venv"
  need postgresql "command -v initdb || ls /usr/lib/postgresql/*/bin/initdb" postgresql
fi
if [ "${1:-}" = --generate ]; then
  need protoc "command -v protoc" protobuf-compiler
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  say "these Debian packages, or your system's counterparts, are needed:$missing"
  exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
say "installing$missing with apt-get"
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $missing
