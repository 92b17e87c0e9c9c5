# How the scripts talk: one line a step, with the time it took. Sourced, never run.

LOG=${LOG:-$ROOT/var/log/setup.log}

now() {
    # Tenths of a second where the system's date can, whole seconds elsewhere (macOS).
    _now=$(date +%s%1N 2>/dev/null)
    case $_now in
        *N* | '') echo "$(date +%s)0" ;;
        *) echo "$_now" ;;
    esac
}

say() { printf '%s\n' "$*"; }

give_up() {
    printf '\n%s\n' "$1" >&2
    shift
    for _line in "$@"; do printf '  %s\n' "$_line" >&2; done
    exit 1
}

# step TITLE FUNCTION: run FUNCTION with its output in the log; what it puts into $NOTE is shown behind the title.
step() {
    NOTE=
    _begun=$(now)
    printf '  %-24s ' "$1"
    printf '\n--- %s, %s\n' "$1" "$(date)" >>"$LOG"
    if "$2" >>"$LOG" 2>&1; then
        _took=$(($(now) - _begun))
        printf '%-40s %5d.%d s\n' "${NOTE:-done}" $((_took / 10)) $((_took % 10))
        return 0
    fi
    printf 'failed\n\n' >&2
    tail -n 20 "$LOG" | sed 's/^/    /' >&2
    give_up "“$1” failed; the lines above are the end of ${LOG#"$ROOT"/}." \
        "${HINT:-Put right what they name and start again: steps that are done are not done twice.}"
}

# digest FILE...: one word that changes when a file's name or content does. Reads names from standard input when there are none.
digest() {
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; else cat; fi | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum | cksum | tr -d ' \t'
}
