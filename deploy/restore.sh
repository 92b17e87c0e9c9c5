#!/bin/sh
# Bring a backup back into an empty instance. See docs/admin/backup.md.
set -eu
cd "$(dirname "$0")/.."
folder=${1:?usage: sh deploy/restore.sh FOLDER}
.venv/bin/python manage.py restore "$folder"
