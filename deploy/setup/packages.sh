# What the operating system must bring. Sourced, never run.
#
# Each need is tested for itself, so that a machine that has everything needs no root and no package manager, whatever it is.

find_python() {
    for PYTHON in "${CORPBLOG_PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
        [ -n "$PYTHON" ] && command -v "$PYTHON" >/dev/null 2>&1 || continue
        "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && return 0
    done
    PYTHON=
    return 1
}

has_program() { command -v "$1" >/dev/null 2>&1; }
has_header() { printf '#include <%s>\n' "$1" | ${CC:-cc} ${CPPFLAGS:-} -E - >/dev/null 2>&1; }
has_venv() { [ -n "$PYTHON" ] && "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }
has_python_headers() {
    [ -n "$PYTHON" ] && "$PYTHON" -c '
import pathlib, sys, sysconfig
sys.exit(not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists())' 2>/dev/null
}

# need WHY DEBIAN FEDORA BREW: note packages that this system lacks, and say why they are wanted.
need() {
    case $SYSTEM in debian) _packages=$2 ;; fedora) _packages=$3 ;; macos) _packages=$4 ;; *) _packages=$2 ;; esac
    [ -n "$_packages" ] || return 0
    MISSING="$MISSING $_packages"
    WHY="$WHY
    $(printf '%-44s' "$_packages") $1"
}

find_system() {
    SYSTEM=unknown
    if has_program apt-get; then SYSTEM=debian
    elif has_program dnf; then SYSTEM=fedora
    elif [ "$(uname -s)" = Darwin ]; then SYSTEM=macos
    fi
    if [ "$SYSTEM" = macos ] && has_program brew; then
        # macOS brings an LDAP of its own that is too old; Homebrew keeps its one out of the default paths.
        _prefix=$(brew --prefix)
        export CPPFLAGS="-I$_prefix/opt/openldap/include -I$_prefix/opt/cyrus-sasl/include ${CPPFLAGS:-}"
        export LDFLAGS="-L$_prefix/opt/openldap/lib -L$_prefix/opt/cyrus-sasl/lib ${LDFLAGS:-}"
        export PATH="$_prefix/opt/gettext/bin:$PATH"
    fi
}

# The packages that running Corpblog takes. python-ldap has no ready-made file for Linux, so it is compiled here.
needs_to_run() {
    _python=python3
    if ! find_python; then
        # Ubuntu 22.04 and Debian 11 have an older Python as their default and a newer one beside it.
        _python=python3.11
        need 'Corpblog is written for Python 3.11 and later' "python3.11 python3.11-venv python3.11-dev" python3.12 python@3.12
    else
        case $PYTHON in python3.*) _python=$PYTHON ;; esac
        has_venv || need 'keeps its libraries apart from the system' "$_python-venv" "" ""
    fi
    has_program msgfmt || need 'compiles the French translation' gettext gettext gettext
    if ! [ -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c 'import ldap' 2>/dev/null; then
        has_program "${CC:-cc}" || need 'compiles the LDAP library' "gcc libc6-dev" gcc ""
        [ -z "$PYTHON" ] || has_python_headers || need 'compiles the LDAP library' "$_python-dev" python3-devel ""
        has_header ldap.h || need 'signs people in through the directory' libldap-dev openldap-devel openldap
        has_header sasl/sasl.h || need 'signs people in through the directory' libsasl2-dev cyrus-sasl-devel cyrus-sasl
    fi
}

# What the tests take besides: real servers and a real browser.
needs_to_test() {
    has_program chromium || has_program chromium-browser || [ -d "/Applications/Google Chrome.app" ] ||
        need 'journeys in a real browser' "chromium fonts-liberation fonts-noto-color-emoji" "chromium liberation-sans-fonts google-noto-emoji-fonts" ""
    find_postgres || need 'the suite on PostgreSQL' postgresql postgresql-server postgresql@16
    has_program redis-server || has_program valkey-server || need 'wake-ups across processes' redis-server valkey redis
    find_slapd || need 'sign-in against a real OpenLDAP' slapd openldap-servers ""
    has_program rsyslogd || [ -x /usr/sbin/rsyslogd ] || need 'a real keeper of the audit log' rsyslog rsyslog rsyslog
    has_program openssl || need 'a real time stamp authority' openssl openssl openssl
    has_program tesseract || need 'words in pictures' "tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra" "tesseract tesseract-langpack-fra" "tesseract tesseract-lang"
    has_program nginx || [ -x /usr/sbin/nginx ] || need 'the proxy example, tested' nginx-light nginx nginx
}

find_postgres() { has_program initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || ls /usr/pgsql-*/bin/initdb >/dev/null 2>&1; }
find_slapd() { has_program slapd || [ -x /usr/sbin/slapd ] || [ -x /usr/libexec/slapd ] || [ -x /usr/lib/openldap/slapd ]; }

# install_missing: install what `need` noted; says what and why first, because it may ask for a password.
install_missing() {
    [ -n "$MISSING" ] || return 0
    say "  System packages that are missing, and what for:$WHY"
    say
    AS_ROOT=
    if [ "$SYSTEM" != macos ] && [ "$(id -u)" != 0 ]; then
        has_program sudo || explain_missing
        AS_ROOT=sudo
    fi
    case $SYSTEM in
        debian | fedora) step "System packages" "install_on_$SYSTEM" ;;
        macos) has_program brew || explain_missing; step "System packages" install_on_macos ;;
        *) explain_missing ;;
    esac
}

explain_missing() {
    case $SYSTEM in
        debian) _command="apt-get install -y --no-install-recommends$MISSING" ;;
        fedora) _command="dnf install -y$MISSING" ;;
        macos) _command="brew install$MISSING   (with Homebrew; Apple's compiler comes with: xcode-select --install)" ;;
        *) _command="packages like these, under the names they have here:$MISSING" ;;
    esac
    give_up "These packages cannot be installed from here. Ask somebody who may to run" "$_command" "and start again."
}

apt() { $AS_ROOT env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@"; }

install_on_debian() {
    # Debian starts a server as soon as its package is installed. The tests start their own, on loopback and on free ports,
    # so no installation from here starts any: policy-rc.d is Debian's own way to say so.
    _policy=
    if [ -n "${NO_SERVICES:-}" ] && [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | $AS_ROOT tee /usr/sbin/policy-rc.d >/dev/null
        $AS_ROOT chmod 755 /usr/sbin/policy-rc.d
        _policy=made
        if has_program systemctl; then
            $AS_ROOT systemctl mask slapd.service redis-server.service postgresql.service nginx.service rsyslog.service || true
        fi
    fi
    # The package lists may be old or not there at all: fetch them only when the first try fails.
    # shellcheck disable=SC2086
    apt install -y --no-install-recommends $MISSING || { apt update && apt install -y --no-install-recommends $MISSING; }
    _result=$?
    [ -z "$_policy" ] || $AS_ROOT rm -f /usr/sbin/policy-rc.d
    NOTE="installed$MISSING"
    [ ${#NOTE} -le 40 ] || NOTE="$(echo "$MISSING" | wc -w | tr -d ' ') installed"
    return $_result
}

# shellcheck disable=SC2086
install_on_fedora() { $AS_ROOT dnf install -y $MISSING && NOTE="$(echo "$MISSING" | wc -w) installed"; }

# shellcheck disable=SC2086
install_on_macos() { brew install $MISSING && find_system && NOTE="$(echo "$MISSING" | wc -w | tr -d ' ') installed"; }
