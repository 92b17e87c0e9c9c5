#!/bin/sh
# Empty the embedded instance: database, keys, uploads, demo directory. The program itself stays installed.
set -eu
cd "$(dirname "$0")/.."
DATA=${CORPBLOG_VAR:-var}

if [ -e "$DATA/run/web.lock" ] && ! .venv/bin/python -c '
import fcntl, sys
fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)' "$DATA/run/web.lock" 2>/dev/null; then
    echo "Corpblog is being served from $DATA. Stop it first (Ctrl-C where it runs), then reset." >&2
    exit 1
fi
# Only what the instance made, by name: DATA may be set to a folder that holds other things too.
for name in corpblog.sqlite3 corpblog.sqlite3-wal corpblog.sqlite3-shm keys directory uploads static run log; do
    rm -rf "${DATA:?}/$name"
done
echo "Emptied $DATA. The next start makes a fresh demo company."
