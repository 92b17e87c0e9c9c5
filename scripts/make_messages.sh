#!/bin/sh
# Bring the French catalogues up to date with what the program says. `make messages` does the same.
#
#   sh scripts/make_messages.sh          write corpblog/locale/
#   sh scripts/make_messages.sh FOLDER   write them there instead, as the test does that compares them
#
# Same sources, same bytes: sorted by text, no line numbers, no dates, and no guesses from similar texts. New texts come
# with an empty translation; tests/architecture/test_catalogue.py fails until each has one.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
PYTHON=${PYTHON:-$ROOT/.venv/bin/python}
KEPT=$ROOT/corpblog/locale
TARGET=${1:-$KEPT}
mkdir -p "$TARGET"
TARGET=$(cd "$TARGET" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# A copy: makemessages leaves files beside every template while it reads them.
mkdir -p "$WORK/corpblog/locale"
(cd "$ROOT/corpblog" && find . \( -name '*.py' -o -name '*.html' -o -name '*.txt' \) -print | tar -cf - -T -) |
    tar -xf - -C "$WORK/corpblog"
(cd "$WORK/corpblog" && env -u DJANGO_SETTINGS_MODULE "$PYTHON" -m django makemessages \
    --all --keep-pot --no-wrap --add-location file --verbosity 0)
(cd "$ROOT/frontend/src" && xgettext --from-code=UTF-8 --language=JavaScript --no-wrap --add-location=file \
    --output="$WORK/corpblog/locale/djangojs.pot" strings.ts)

for DOMAIN in django djangojs; do
    OLD=$KEPT/fr/LC_MESSAGES/$DOMAIN.po
    NEW=$WORK/$DOMAIN.po
    if [ -e "$OLD" ]; then
        msgmerge --quiet --no-fuzzy-matching --no-wrap --output-file="$NEW" "$OLD" "$WORK/corpblog/locale/$DOMAIN.pot"
    else
        msginit --no-translator --locale=fr --no-wrap --input="$WORK/corpblog/locale/$DOMAIN.pot" --output-file="$NEW"
    fi
    mkdir -p "$TARGET/fr/LC_MESSAGES"
    msgattrib --no-obsolete --no-wrap --sort-output "$NEW" | sed '/^"POT-Creation-Date:/d' \
        >"$TARGET/fr/LC_MESSAGES/$DOMAIN.po"
done
