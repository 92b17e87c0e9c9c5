#!/bin/sh
# Set up an embedded Corpblog and serve it on http://127.0.0.1:8000 until Ctrl-C. `make run` does the same.
#
#   sh deploy/run.sh            set up what is missing, then serve
#   sh deploy/run.sh setup      set up only: in production, program and tables
#   sh deploy/run.sh build      the program only, without a database
#   PORT=8010 sh deploy/run.sh  serve elsewhere
#
# Debian, Ubuntu, Fedora and macOS, Python 3.11 or later. Asks for root only when a system package is missing.
set -u
umask 027

ROOT=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$ROOT" || exit 1
PORT=${PORT:-8000}
VENV=${VENV:-.venv}
DATA=${CORPBLOG_VAR:-var}
MISSING=
WHY=

mkdir -p "$DATA/log"
DATA=$(cd "$DATA" && pwd)
LOG=$DATA/log/setup.log
# shellcheck source=deploy/setup/talk.sh
. deploy/setup/talk.sh
# shellcheck source=deploy/setup/packages.sh
. deploy/setup/packages.sh
# shellcheck source=deploy/setup/project.sh
. deploy/setup/project.sh
: >"$LOG"

case $PORT in
    '' | *[!0-9]*) give_up "PORT=$PORT is not a number." "Choose one between 1024 and 65535, for example: PORT=8010 make run" ;;
esac

say "Corpblog: setting up (all output in ${LOG#"$ROOT"/})"
find_system
needs_to_run
install_missing
find_python || give_up "No Python 3.11 or later was found." "Install one, or name it: CORPBLOG_PYTHON=/path/to/python3 make run"

# Before the work, not after it.
if [ "${1:-run}" = run ]; then
    "$PYTHON" -c '
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except (OSError, OverflowError):
        sys.exit(1)' "$PORT" || give_up "Port $PORT is taken, or not allowed." \
        "If another Corpblog serves it, stop that one. Or choose another port: PORT=$((PORT + 10)) make run"
fi

step "Python environment" environment_to_run
step "Front end" build_frontend
step "French translation" compile_messages
step "Static files" collect_static
[ "${1:-run}" != build ] || exit 0
step "Database" migrate
[ "${CORPBLOG_MODE:-embedded}" != embedded ] || step "Demo company" demo_company
[ "${1:-run}" != setup ] || exit 0
exec "$VENV/bin/python" manage.py serve --port "$PORT"
