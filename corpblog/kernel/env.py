"""Every setting that comes from the environment: one typed list, checked at start, listed in docs/admin/settings.md.

A variable named NAME may instead be given as NAME_FILE, the path of a file that holds the value (for secrets).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One variable: its name without prefix, how it is parsed, what it is without, and what it means."""

    name: str
    kind: str
    default: Any
    meaning: str


SETTINGS = (
    Setting("MODE", "str", "embedded", "`embedded` (one machine, no server needed) or `production`."),
    Setting("VAR", "str", "var", "Folder for the embedded instance: database, keys, directory, uploads."),
    Setting("DEBUG", "bool", False, "Show tracebacks. Never in production."),
    Setting(
        "SECRET_KEY", "str", "", "Signs sessions. Made and kept under VAR in embedded mode; required in production."
    ),
    Setting("SECRET_KEY_FALLBACKS", "list", [], "Former secret keys that still verify, comma separated."),
    Setting("SEAL_KEY", "str", "", "Signs what the gate released. Made and kept under VAR in embedded mode."),
    Setting("CREDENTIALS_KEY", "str", "", "Wraps connector credentials. Made and kept under VAR in embedded mode."),
    Setting("CREDENTIALS_KEY_OLD", "list", [], "Former keys that still open credentials while they are rotated."),
    Setting("ANCHOR_KEY", "str", "", "Signs the audit log's head (base64, 32 bytes). Made under VAR in embedded mode."),
    Setting(
        "ANCHOR_FILE",
        "str",
        "",
        "File for signed heads, best on other storage. Default: anchors/anchors.jsonl under VAR.",
    ),
    Setting(
        "ANCHOR_SYSLOG",
        "str",
        "",
        "Syslog server that keeps signed heads too: tls://host:6514, tcp://host:601 or udp://host:514.",
    ),
    Setting("ANCHOR_MAIL", "list", [], "Mail addresses that keep signed heads too, best of an auditor outside."),
    Setting("ANCHOR_MAIL_EVERY", "int", 60, "Minutes between two such mails, at least."),
    Setting("ANCHOR_TSA", "str", "", "Address of an RFC 3161 authority that stamps signed heads with its time."),
    Setting("ANCHOR_TSA_CA", "str", "", "PEM file with the certificate authorities that its stamps must lead to."),
    Setting("HOSTS", "list", ["127.0.0.1", "localhost"], "Host names this instance answers to."),
    Setting("ORIGINS", "list", ["http://127.0.0.1:8000"], "Full origins that browsers use, for sockets and forms."),
    Setting("DATABASE_URL", "str", "", "postgres://… or sqlite:///… Default: SQLite under VAR."),
    Setting("FILES", "str", "", "Folder for the files that people attach. Default: uploads under VAR."),
    Setting("FILES_BY_NGINX", "bool", False, "Let nginx send files (X-Accel-Redirect); see the example of deploy."),
    Setting("REDIS_URL", "str", "", "redis://… for wake-ups between processes. Default: in memory, one process."),
    Setting("POST_LIMIT", "int", 500, "Longest post, in characters as people count them."),
    Setting("SHARES_PER_HOUR", "int", 10, "How often one person may ask for something to leave, in an hour."),
    Setting("LANGUAGE", "str", "en", "Language for people who chose none and whose browser says nothing: en or fr."),
    Setting("TIME_ZONE", "str", "UTC", "Time zone of people who chose none."),
    Setting("COMPANY", "str", "Acme", "The company's name on pages and on the press page."),
    Setting("DISCLOSURE", "str", "#employee", "Put under what employees say for the company on their own accounts."),
    Setting("DISCLOSURE_FR", "str", "#collaborateur", "The same under what they say in French."),
    Setting(
        "LDAP_URI", "str", "", "ldaps://… or ldap://… (then StartTLS). Empty: embedded, the demo directory; else none."
    ),
    Setting("LDAP_START_TLS", "bool", True, "Use StartTLS on ldap:// addresses."),
    Setting("LDAP_CA_FILE", "str", "", "File with the certificate authority that signed the directory's certificate."),
    Setting("LDAP_BIND_DN", "str", "", "Account that searches the directory."),
    Setting("LDAP_BIND_PASSWORD", "str", "", "Its password."),
    Setting("LDAP_PEOPLE_BASE", "str", "", "Where people are, for example ou=people,dc=acme,dc=example."),
    Setting("LDAP_PEOPLE_FILTER", "str", "(uid=%(user)s)", "How a username finds its entry."),
    Setting("LDAP_GROUPS_BASE", "str", "", "Where groups are."),
    Setting("LDAP_FLAVOUR", "str", "openldap", "openldap (entryUUID) or ad (objectGUID, userAccountControl)."),
    Setting("LDAP_ROLES", "str", "", "Roles from groups: `it-admins=policy_admin+system_admin;auditors=auditor`."),
    Setting("LDAP_MIRROR", "list", ["channel-*"], "Names of groups, with `*`, whose members channels may follow."),
    Setting("DIRECT_SOCKETS", "bool", True, "Write frames straight to the sockets under Daphne (the fast path)."),
    Setting("EGRESS_PRIVATE", "list", [], "Private addresses (host:port) that connectors may reach."),
    Setting(
        "MAIL_SERVER",
        "str",
        "",
        "smtp://user:password@host:587 for notices by e-mail; port 465 is TLS from the start. Empty: no e-mail.",
    ),
    Setting("LINK_PREVIEWS", "bool", True, "Fetch what the pages say that posts link to, and show it below the post."),
    Setting(
        "PREVIEW_HOSTS",
        "list",
        ["*"],
        "Hosts that may be asked for previews, with `*`. One inside is named in full, and in EGRESS_PRIVATE as well.",
    ),
    Setting("PREVIEWS_REFUSED", "list", [], "Hosts that are never asked for previews, with `*`."),
    Setting("MAIL_FROM", "str", "", "Sender of notices, for example corpblog@acme.example. Default: corpblog@HOST."),
    Setting(
        "VAPID_KEY",
        "str",
        "",
        "Signs pushes (`manage.py push_key`). Made under VAR in embedded mode. Empty: no pushes.",
    ),
    Setting("VAPID_CONTACT", "str", "", "Whom push services may write to, mailto:… or https://…. Default: MAIL_FROM."),
    Setting(
        "PUSH_SERVICES",
        "list",
        [
            "fcm.googleapis.com",
            "jmt17.google.com",
            "updates.push.services.mozilla.com",
            "*.push.apple.com",
            "*.notify.windows.com",
        ],
        "Hosts of the push services that browsers may name, with `*`.",
    ),
    Setting("SHARE_DELAY", "int", 10, "Seconds between release and sending, in which a decision can be undone."),
    Setting(
        "DESK_ASSIGNMENT", "str", "hand", "How officers get new cases: by `hand`, `load` (fewest) or `round-robin`."
    ),
    Setting("DESK_LATE", "int", 60, "Minutes after which a case that waits is late on the desk."),
    Setting("DESK_OVERDUE", "int", 240, "Minutes after which it is overdue: the service time that the desk promises."),
    Setting("DESK_PSEUDONYMS", "bool", False, "Show authors on the desk as pseudonyms until two officers agree."),
    Setting("POLICY_DELAY", "int", -1, "Minutes to object to a policy that lowers protection. -1: 15, embedded 0."),
    Setting(
        "TRUST_PROXY",
        "bool",
        False,
        "Take the client's address from X-Forwarded-For. Only behind a proxy that sets it.",
    ),
    Setting(
        "METRICS_TOKEN", "str", "", "Who sends it as a bearer token may read /metrics from elsewhere than this machine."
    ),
    Setting("LOG_LEVEL", "str", "INFO", "Least level that is logged."),
)

PREFIX = "CORPBLOG_"


@dataclass(frozen=True)
class BadSettings(Exception):
    """The environment cannot be used; the text lists every variable that is wrong."""

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "Corpblog cannot start:\n" + "\n".join(f"  - {problem}" for problem in self.problems)


def _with_files(environ: dict[str, str]) -> dict[str, str]:
    """Return `environ` with every NAME_FILE of our list replaced by NAME and the file's content."""
    merged = dict(environ)
    for setting in SETTINGS:
        path = merged.pop(f"{PREFIX}{setting.name}_FILE", "")
        if path:
            merged[PREFIX + setting.name] = Path(path).read_text(encoding="utf-8").strip()
    return merged


def read(environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Return every setting by name, parsed; raise BadSettings that names each one that is wrong or unknown."""
    source = dict(os.environ if environ is None else environ)
    # The names that other self-hosted services use work as well.
    for common in ("DATABASE_URL", "REDIS_URL"):
        if common in source:
            source.setdefault(PREFIX + common, source[common])
    problems: list[str] = []
    try:
        source = _with_files(source)
    except OSError as error:
        raise BadSettings((f"{error.filename} cannot be read: {error.strerror}",)) from error
    known = {PREFIX + setting.name for setting in SETTINGS}
    problems += [
        f"{name} is not a setting; see docs/admin/settings.md"
        for name in source
        if name.startswith(PREFIX) and name not in known
    ]
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        raw = source.get(PREFIX + setting.name)
        try:
            values[setting.name] = setting.default if raw is None else _parse(setting, raw)
        except ValueError:
            problems.append(f"{PREFIX}{setting.name}={raw!r} is not a {setting.kind}; it means: {setting.meaning}")
    if problems:
        raise BadSettings(tuple(problems))
    return values


def _parse(setting: Setting, raw: str) -> Any:
    if setting.kind == "list":
        return [part.strip() for part in raw.split(",") if part.strip()]
    if setting.kind == "bool":
        lowered = raw.strip().lower()
        if lowered not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
            raise ValueError(raw)
        return lowered in {"1", "true", "yes", "on"}
    return int(raw) if setting.kind == "int" else raw
