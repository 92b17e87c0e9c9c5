#!/bin/sh
# A consistent copy of an instance, in a dated folder below the one given. See docs/admin/backup.md.
set -eu
cd "$(dirname "$0")/.."
target=${1:?usage: sh deploy/backup.sh FOLDER}
umask 077
folder=$target/$(date -u +%Y-%m-%dT%H%M%S)
mkdir -p "$folder"
.venv/bin/python manage.py backup "$folder"
echo "Backed up to $folder"
