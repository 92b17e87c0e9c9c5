#!/bin/sh
# Everything that CI runs, on a fresh machine too. `make test` does the same.
#
#   sh deploy/test.sh             all of it
#   sh deploy/test.sh lint|unit|postgres|journeys|bench|eval|docs|gate     one part
#
# Installs real servers and a real browser where they are missing; none of them is started by the system, and the tests
# start their own on loopback, on free ports, as unprivileged children.
set -u

ROOT=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$ROOT" || exit 1
VENV=${VENV:-.venv}
DATA=$ROOT/var
LOG=$DATA/log/test-setup.log
MISSING=
WHY=
NO_SERVICES=1
WORKERS=${WORKERS:-2}
# Containers like to set this. Here hundreds of processes begin, and each would compile every module again.
unset PYTHONDONTWRITEBYTECODE

mkdir -p "$DATA/log"
# shellcheck source=deploy/setup/talk.sh
. deploy/setup/talk.sh
# shellcheck source=deploy/setup/packages.sh
. deploy/setup/packages.sh
# shellcheck source=deploy/setup/project.sh
. deploy/setup/project.sh
: >"$LOG"
FAILED=
BEGUN=$(now)

# part TITLE COMMAND...: run one part with its output shown, and go on to the next one whatever it says.
part() {
    _title=$1
    shift
    _part_begun=$(now)
    printf '\n== %s\n' "$_title"
    "$@" || FAILED="$FAILED
    $_title"
    printf '== %s: %d s\n' "$_title" $((($(now) - _part_begun) / 10))
}

in_environment() { PATH="$ROOT/$VENV/bin:$PATH" "$@"; }
tests() { in_environment python -m pytest -q "$@"; }

set_up() {
    say "Corpblog: setting up the tests (all output in ${LOG#"$ROOT"/})"
    find_system
    needs_to_run
    needs_to_test
    install_missing
    find_python || give_up "No Python 3.11 or later was found." "Install one, or name it: CORPBLOG_PYTHON=/path/to/python3 make test"
    step "Python environment" environment_to_test
    step "Front end" frontend_to_test
    step "Bluesky server" bluesky_to_test
    step "French translation" compile_messages
    step "Static files" collect_static
    find_node || give_up "No Node.js."
}

lint() {
    part "Formatting and style (ruff)" in_environment ruff check .
    part "Formatting (ruff format)" in_environment ruff format --check .
    part "Types (mypy)" in_environment mypy
    part "Layers (import-linter)" in_environment lint-imports
    part "Templates (djlint)" in_environment djlint --quiet --lint corpblog
    part "Migrations" in_environment env CORPBLOG_VAR="$DATA/lint" python manage.py makemigrations --check --dry-run
    part "Types of the front end (tsc)" npm --prefix frontend run --silent check
    part "Style of the front end (eslint)" npm --prefix frontend run --silent lint
}

unit() {
    part "Front end" npm --prefix frontend test --silent
    part "Tests on SQLite" tests -n "$WORKERS" --dist loadgroup tests --ignore tests/journeys --ignore tests/faults --ignore tests/bench
}

# The second time only what meets the database, sockets or wake-ups: the rest cannot differ.
on_postgres() {
    part "Tests on PostgreSQL with Redis" in_environment python -m tests.servers postgres redis -- \
        python -m pytest -q -n "$WORKERS" --dist loadgroup --only-with-database tests --ignore tests/journeys --ignore tests/faults --ignore tests/bench
}

# Both wait for other processes most of the time: one of each side by side leaves no core idle.
journeys() { part "Journeys in Chromium, and faults" tests -n "$WORKERS" --dist loadfile tests/journeys tests/faults; }
# With what the engine is compared with, in an environment of their own: nothing else needs those.
bench() {
    VENV=$DATA/bench
    step "Environment to measure" environment_to_measure
    for _script in tests/bench/bench_*.py; do part "Measurements: $(basename "$_script" .py)" "$VENV/bin/python" "$_script"; done
}
evaluation() { part "What the policy engine sees" in_environment python -m tests.eval; }
docs() { part "Guides" tests tests/architecture; }
gate() {
    # Many more histories and killed workers than the suite plays.
    GATE_STEPS=${GATE_STEPS:-100000} GATE_KILLS=${GATE_KILLS:-100}
    GATE_RACES=${GATE_RACES:-1000}
    export GATE_STEPS GATE_KILLS GATE_RACES
    # Handed out one by one: in batches one worker got most of the histories, and the other one sat idle.
    part "The gate" tests -n "$WORKERS" --dist loadgroup tests/sharing
    GATE_STEPS=$((GATE_STEPS / 10))
    part "The gate on PostgreSQL" in_environment python -m tests.servers postgres redis -- \
        python -m pytest -q -n "$WORKERS" --dist loadgroup --only-with-database tests/sharing
}

set_up
case ${1:-all} in
    all) lint; unit; on_postgres; journeys ;;
    postgres) on_postgres ;;
    eval) evaluation ;;
    lint | unit | journeys | bench | docs | gate) "$1" ;;
    *) give_up "There is no part called $1." "Parts: lint unit postgres journeys bench eval docs gate" ;;
esac

printf '\n%d s in all.\n' $((($(now) - BEGUN) / 10))
[ -z "$FAILED" ] || give_up "Failed:$FAILED"
say "All passed."
