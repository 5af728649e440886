#!/bin/bash
# Checks what is in this folder: statically whatever can be checked here, and by running the compose
# file where there is a container engine.
#
#   deploy/test.sh [PATH OF moira]       by default .build/debug/moira, then .build/release/moira
#   MOIRA_KEEP=1 leaves the containers running; MOIRA_NO_BUILD=1 takes the image that is there.
set -u
cd "$(dirname "$0")/.." || exit 1
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
ok() { printf 'ok: %s\n' "$*"; }
skip() { printf 'skipped: %s\n' "$*"; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

moira=${1:-}
for built in .build/debug/moira .build/release/moira; do
  [ -n "$moira" ] || { [ -x "$built" ] && moira=$built; }
done

# --- Scripts -------------------------------------------------------------------------------------
for script in deploy/*.sh deploy/compose/*.sh; do
  if bash -n "$script"; then ok "$script parses"; else fail "$script"; fi
done

# --- Commands: each that a file calls is there, with the flags that it is given -----------------
# One line for each: the words, then the flags.
calls() {
  {
    # [hub, serve, --config, ...], but not what a health check runs.
    sed -nE 's/^ *(command|args): \[(.*)\]$/\2/p' deploy/compose/*.yaml \
      $(find deploy/kubernetes -name '*.yaml') | tr -d '",' | grep -v '^CMD'
    sed -nE 's|^ExecStart=[^ ]*/moira ||p' deploy/systemd/*.service
    # Lines that go on are joined; comments are not calls.
    sed -e ':a' -e '/\\$/N; s/\\\n//; ta' deploy/compose/setup.sh | grep -v '^ *#' \
      | sed -nE 's/.*(^|\|\| |&& )moira +(.*)/\2/p'
    sed -nE '/^ *```sh$/,/^ *```$/ s/^ *moira +(.*)/\1/p' deploy/README.md
  } | awk '{
    words = ""; flags = ""; open = 1
    for (i = 1; i <= NF; i++) {
      if ($i ~ /^--/) { flags = flags " " $i; open = 0 }
      else if (open && $i ~ /^[a-z]+$/ && i <= 3) words = words " " $i
      else open = 0
    }
    print words "|" flags
  }' | sort -u
}

if [ -z "$moira" ]; then
  skip "commands: moira is not built; 'make build' does"
else
  count=0
  while IFS='|' read -r words flags; do
    # The last word may be an argument: the longest that is a command counts.
    help="" name=""
    for take in 3 2 1; do
      name=$(echo "$words" | cut -d' ' -f"2-$((take + 1))")
      # shellcheck disable=SC2086
      help=$("$moira" $name --help 2>/dev/null | tr '\n' ' ' | tr -s ' ')
      case "$help" in *"USAGE: moira $name "*) break ;; *) help="" ;; esac
    done
    first=$(echo "$name" | cut -d' ' -f1)
    if [ -z "$help" ]; then
      fail "'moira$words' is no command"
    elif [ "$name" = "$first" ] && [[ "$help" == *"moira $name <subcommand>"* ]]; then
      fail "'moira$words' is no command of 'moira $name'"
    else
      for flag in $flags; do
        case "$help" in *" $flag "* | *"[$flag "* | *" $flag]"*) ;; *) fail "'moira $name' has no flag $flag" ;; esac
      done
    fi
    count=$((count + 1))
  done < <(calls)
  if [ "$count" -gt 8 ]; then ok "$count calls looked up in 'moira --help'"; else fail "only $count calls were found"; fi
fi

# --- systemd ------------------------------------------------------------------------------------
if command -v systemd-analyze >/dev/null; then
  for unit in deploy/systemd/*.service; do
    name=$(basename "$unit")
    # An instance of a template; the binary need not be installed here.
    sed 's|/usr/local/bin/moira|/bin/true|' "$unit" >"$scratch/${name/@./@hospital-a.}"
  done
  for unit in "$scratch"/*.service; do
    said=$(systemd-analyze verify "$unit" 2>&1)
    if [ -z "$said" ]; then ok "$(basename "$unit") verifies"; else fail "$(basename "$unit"): $said"; fi
    # 0 is best and 100 worst; a unit without any hardening has 96.
    if systemd-analyze security --offline=true --threshold=20 "$unit" >/dev/null 2>&1; then
      ok "$(basename "$unit") is exposed by less than 2.0"
    else
      fail "$(basename "$unit") is exposed by 2.0 or more"
    fi
  done
else
  skip "systemd units: no systemd-analyze"
fi

# --- Kubernetes ---------------------------------------------------------------------------------
if command -v kubectl >/dev/null; then kustomize="kubectl kustomize"
elif command -v kustomize >/dev/null; then kustomize="kustomize build"
else kustomize=""; fi
if [ -n "$kustomize" ]; then
  for overlay in deploy/kubernetes/overlays/*/; do
    if $kustomize "$overlay" >"$scratch/built.yaml"; then
      ok "$overlay makes $(grep -c '^kind:' "$scratch/built.yaml") objects"
    else
      fail "$overlay"
    fi
  done
else
  skip "kustomizations: neither kubectl nor kustomize"
fi

# --- Compose ------------------------------------------------------------------------------------
file=deploy/compose/compose.yaml
compose="" engine="" reason="no docker compose, docker-compose or podman-compose"
if docker info >/dev/null 2>&1; then
  engine=docker
  if docker compose version >/dev/null 2>&1; then compose="docker compose"
  elif command -v docker-compose >/dev/null; then compose="docker-compose"; fi
elif podman info >/dev/null 2>&1; then
  engine=podman
  if command -v podman-compose >/dev/null; then
    version=$(podman-compose --version 2>/dev/null | sed -nE 's/^podman-compose[a-z]* version:? *//p' | head -n 1)
    # 1.0 starts what only waits, and what a profile holds back.
    case "$version" in
      0.* | 1.0.*) reason="podman-compose $version knows neither conditions nor profiles; 1.1 does" ;;
      *) compose="podman-compose" ;;
    esac
  fi
else
  reason="no container engine answers"
fi

run() { $compose -p moira-test -f "$file" "$@"; }
in_party() { run run --rm --no-deps -T --entrypoint "$1" hospital-a "${@:2}"; }
job() { run --profile submit run --rm -T analyst; }

# Without systemd nothing runs podman's health checks.
watch_health() {
  while sleep 2; do
    for container in $(podman ps -q); do podman healthcheck run "$container"; done
  done >/dev/null 2>&1
}

try_compose() {
  local build=--build watcher=""
  # The image takes as long as a release build.
  [ -z "${MOIRA_NO_BUILD:-}" ] || build=""
  if [ "$engine" = podman ] && [ ! -d /run/systemd/system ]; then
    watch_health &
    watcher=$!
  fi
  run down --volumes >/dev/null 2>&1
  # shellcheck disable=SC2086
  if run up $build --detach; then
    ok "the services are up"
    # The job's own waiting ends when the parties are there.
    if job; then ok "the example's job is done"; else fail "the example's job"; fi
    id=$(in_party id -u | tail -n 1 | tr -d '\r')
    [ "$id" = 10001 ] && ok "runs as user 10001" || fail "runs as user '$id'"
    if in_party touch /usr/x >/dev/null 2>&1; then fail "the root can be written"
    else ok "the root is read-only"; fi
    if in_party getent hosts hub >/dev/null && ! in_party getent hosts hospital-b >/dev/null; then
      ok "a hospital finds the hub, and no other hospital"
    else
      fail "a hospital must find the hub, and no other hospital"
    fi
    run kill -s KILL hub hospital-b >/dev/null 2>&1 || fail "kill -9 of the hub and a hospital"
    run up --detach >/dev/null 2>&1
    if job; then ok "a job is done after kill -9 of the hub and a hospital"
    else fail "the job after kill -9"; fi
  else
    fail "the services do not come up"
    run logs --tail 50
  fi
  [ -z "$watcher" ] || kill "$watcher"
  [ -n "${MOIRA_KEEP:-}" ] || run down --volumes --timeout 30 >/dev/null 2>&1
}

if [ -z "$compose" ]; then
  skip "compose file, beyond its YAML, which MoiraYAMLTests read: $reason"
elif run config >/dev/null; then
  ok "$file is understood"
  try_compose
else
  fail "$file"
fi

if [ "$failures" -gt 0 ]; then
  echo "$failures checks failed"
  exit 1
fi
echo "all checks passed that could be made here"
