"""Secrets of no particular issuer: private keys, passwords, tokens, addresses and commands with a password in them."""

from __future__ import annotations

from typing import Final

from corpblog.policy.engine.secrets.kind import ASSIGNED, SecretKind


def is_mixed(secret: str) -> bool:
    """True for what is no plain word or words: digits among letters, a symbol inside, or capitals inside."""
    if len(secret) < 6 or (
        secret.replace("-", "").isalpha() and secret[1:] in {secret[1:].lower(), secret[1:].upper()}
    ):
        return False
    return any(char.isdigit() for char in secret) or not secret.isalnum() or len(secret) >= 8


def has_digit(secret: str) -> bool:
    """True for what is no name of a thing in a program."""
    return any(char.isdecimal() for char in secret)


KINDS: Final = (
    SecretKind(
        "private-key",
        "private key",
        ("private key",),
        r"-{3,5} ?BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,5}"
        r"(?:[\sA-Za-z0-9+/=\\]+(?:-{3,5} ?END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,5})?)?",
        0.0,
        french="clé privée",
    ),
    SecretKind(
        "putty-key",
        "PuTTY private key",
        ("PuTTY-User-Key-File",),
        r"PuTTY-User-Key-File-\d: ?[a-z0-9\-@.]{6,40}",
        0.0,
        french="clé privée PuTTY",
    ),
    SecretKind(
        "age-key", "age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1([02-9AC-HJ-NP-Z]{58})", french="clé age"
    ),
    SecretKind(
        "jwt",
        "JSON web token",
        ("eyj",),
        r"\b(eyJ[A-Za-z0-9_\-]{14,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,})",
        3.0,
        french="jeton web JSON",
    ),
    SecretKind(
        "url-password",
        "password in an address",
        ("://",),
        r"\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@?#]{0,64}:([^\s/@?#]{3,128})@[A-Za-z0-9.\-\[]",
        1.5,
        french="mot de passe dans une adresse",
    ),
    SecretKind(
        "connection-string",
        "password of a database",
        ("password=", "pwd="),
        r"(?i)(?:server|data source|host|datasource|dsn|driver|accountendpoint) ?= ?[^;\n]{1,200};[^\n]{0,400}?"
        r"(?:password|pwd) ?= ?([^;\s\"']{4,128})",
        french="mot de passe d’une base de données",
    ),
    SecretKind(
        "authorization-header",
        "authorization header",
        ("authorization",),
        r"(?i)authorization[\"']? ?[:=] ?[\"']?(?:basic|bearer|token) ([A-Za-z0-9_.=+/~\-]{12,600})",
        2.5,
        has_digit,
        french="en-tête d’autorisation",
    ),
    SecretKind(
        "command-password",
        "password in a command",
        ("sshpass", "curl", "mysql", "psql", "net use"),
        r"(?i)\b(?:sshpass\s+-p ?[\"']?([^\s\"']{4,128})"
        r"|curl\s[^\n]{0,200}?(?:-u|--user)[ =][\"']?[^\s:\"']{1,64}:([^\s\"']{4,128})"
        r"|mysql\s[^\n]{0,100}?-p([^\s\"']{4,128})|net use\s[^\n]{1,150}?/user:\S{1,80}\s([^\s/]{4,128}))",
        accepts=is_mixed,
        french="mot de passe dans une commande",
    ),
    SecretKind(
        "netrc",
        "netrc entry",
        ("machine ",),
        r"(?i)\bmachine\s+\S{1,200}\s+login\s+\S{1,100}\s+password\s+(\S{4,128})",
        french="entrée netrc",
    ),
    SecretKind(
        "otp-secret",
        "secret of one-time passwords",
        ("otpauth://",),
        r"(?i)otpauth://[ht]otp/\S{1,300}?[?&]secret=([A-Z2-7]{16,128})",
        french="secret de mots de passe à usage unique",
    ),
    SecretKind(
        "password-hash",
        "hash of a password",
        ("$2a$", "$2b$", "$2y$", "$5$", "$6$", "$argon2", "$y$"),
        r"(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}"
        r"|\$y\$[./A-Za-z0-9]{1,20}\$[./A-Za-z0-9]{4,86}\$[./A-Za-z0-9]{43}"
        r"|\$argon2id?\$v=\d{1,3}\$m=\d{1,9},t=\d{1,4},p=\d{1,3}\$\S{10,200})",
        3.0,
        french="empreinte d’un mot de passe",
    ),
    SecretKind(
        "password",
        "password",
        ("password", "passwd", "passphrase", "pwd", "mot de passe", "mots de passe", "mdp", "passwort", "contrasena"),
        r"(?i)(?:password|passwd|passphrase|pwd|mots? de passe|mdp|passwort|contraseña)[a-z_ \-]{0,12}"
        + ASSIGNED
        + r"([^\s\"'`,;]{6,128})",
        2.3,
        is_mixed,
        is_free=True,
        french="mot de passe",
    ),
    SecretKind(
        "generic-key",
        "key or token",
        ("key", "token", "secret", "credential", "auth_", "jeton", "clé api", "clé d'api", "clé secrète"),
        r"(?i)(?:api|access|secret|private|auth|client|cl[ée]|jeton|token|key|credential)[a-zéè_ \-.']{0,20}"
        + ASSIGNED
        + r"([A-Za-z0-9_.=+/\-]{16,150})(?:[^A-Za-z0-9_.=+/\-]|$)",
        3.2,
        has_digit,
        is_free=True,
        french="clé ou jeton",
    ),
)
