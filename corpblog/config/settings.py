"""One settings file; whatever differs between instances comes from the environment (see `kernel.env`)."""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from corpblog.audit.settings import read_keepers
from corpblog.kernel import env, logs
from corpblog.people.directory.settings import read_directory

ROOT = Path(__file__).resolve().parents[2]
ENV = env.read()

EMBEDDED = ENV["MODE"] == "embedded"
VAR = (ROOT / ENV["VAR"]).resolve()
DEBUG = ENV["DEBUG"]


def _secret(name: str, size: int = 48) -> str:
    """Return the secret `name`; an embedded instance makes its own once and keeps it readable by its owner only."""
    if ENV[name]:
        return str(ENV[name])
    if not EMBEDDED:
        raise env.BadSettings((f"{env.PREFIX}{name} is required when {env.PREFIX}MODE is production",))
    path = VAR / "keys" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(size))
        # Two processes that start together must agree on one secret, and never see half of it.
        with contextlib.suppress(FileExistsError):
            os.link(whole, path)
        whole.unlink()
    kept: str = path.read_text()
    return kept.strip()


SECRET_KEY = _secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = ENV["SECRET_KEY_FALLBACKS"]
MAIL_SERVER = ENV["MAIL_SERVER"]
MAIL_FROM = ENV["MAIL_FROM"] or f"corpblog@{ENV['HOSTS'][0]}"
VAPID_KEY: str = _secret("VAPID_KEY", 32) if EMBEDDED else ENV["VAPID_KEY"]
VAPID_CONTACT: str = ENV["VAPID_CONTACT"] or f"mailto:{MAIL_FROM}"
PUSH_SERVICES: list[str] = ENV["PUSH_SERVICES"]
SEAL_KEY = _secret("SEAL_KEY")
CREDENTIALS_KEY = _secret("CREDENTIALS_KEY", 32)
CREDENTIALS_KEY_OLD: list[str] = ENV["CREDENTIALS_KEY_OLD"]
ANCHOR_KEY = _secret("ANCHOR_KEY", 32)
ANCHOR_FILE = Path(ENV["ANCHOR_FILE"]) if ENV["ANCHOR_FILE"] else VAR / "anchors" / "anchors.jsonl"
try:
    ANCHOR_KEEPERS = read_keepers(ENV)
except ValueError as error:
    raise env.BadSettings((f"{env.PREFIX}{error}",)) from error

ALLOWED_HOSTS = ENV["HOSTS"]
ORIGINS: list[str] = ENV["ORIGINS"]
CSRF_TRUSTED_ORIGINS = ORIGINS
SECURE = all(origin.startswith("https://") for origin in ORIGINS)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "corpblog.config",
    "corpblog.kernel",
    "corpblog.people",
    "corpblog.audit",
    "corpblog.policy",
    "corpblog.teams",
    "corpblog.posts",
    "corpblog.notifications",
    "corpblog.sharing",
    "corpblog.desk",
    "corpblog.realtime",
    "corpblog.web",
]

MIDDLEWARE = [
    "corpblog.web.probes.ProbesFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "corpblog.web.caching.PrivatePages",
    "corpblog.web.encodings.TextOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "corpblog.web.readers.Readers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "corpblog.web.errors.ErrorPages",
]

ROOT_URLCONF = "corpblog.config.urls"
ASGI_APPLICATION = "corpblog.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "corpblog.web.context.shell",
            ],
        },
    },
]

# Databases ------------------------------------------------------------------------------------------------------------

DATABASE = dj_database_url.parse(ENV["DATABASE_URL"] or f"sqlite:///{VAR / 'corpblog.sqlite3'}")
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {
        # IMMEDIATE: with Django's default 48% of read-then-write transactions failed among 8 writers, measured.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        # FULL: an acknowledged post survives a power cut, not only a crash.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    # Threads of an ASGI server come and go, so connections belong to a pool and not to a thread.
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 10, "timeout": 5},
        "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=10000",
    }
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Wake-ups -------------------------------------------------------------------------------------------------------------

REDIS_URL = ENV["REDIS_URL"]
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 0.5}]},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}
DIRECT_SOCKETS = ENV["DIRECT_SOCKETS"]

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
# Break-glass accounts come first: they must work without the directory, and their names are never asked of it.
AUTHENTICATION_BACKENDS = [
    "corpblog.people.backends.BreakGlassBackend",
    "corpblog.people.directory.backend.DirectoryBackend",
]
try:
    DIRECTORY = read_directory(ENV, VAR, embedded=EMBEDDED)
except ValueError as error:
    raise env.BadSettings((f"{env.PREFIX}LDAP_ROLES: {error}",)) from error
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "corpblog.people.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

# Web security ---------------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
# Outside it tells as little as `no-referrer`, under which browsers send `Origin: null` with forms and every form fails.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# The health addresses must answer a probe that speaks plain HTTP to the process itself.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *(origin.replace("http", "ws", 1) for origin in ORIGINS)],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["corpblog", "corpblog-worker"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Static files, languages, logs ----------------------------------------------------------------------------------------

FILES = Path(ENV["FILES"]) if ENV["FILES"] else VAR / "uploads"
FILES_BY_NGINX: bool = ENV["FILES_BY_NGINX"]
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "corpblog.kernel.blobs.WholeFiles", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = ENV["LANGUAGE"]
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [ROOT / "corpblog" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = ["corpblog.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV["TIME_ZONE"]

logs.configure(ENV["LOG_LEVEL"])
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": ENV["LOG_LEVEL"]},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
    },
}

# Product --------------------------------------------------------------------------------------------------------------

COMPANY = ENV["COMPANY"]
# Never none: who does not say that they are employees misleads their readers.
DISCLOSURES: dict[str, str] = {
    "en": ENV["DISCLOSURE"].strip() or "#employee",
    "fr": ENV["DISCLOSURE_FR"].strip() or "#collaborateur",
}
TRUST_PROXY: bool = ENV["TRUST_PROXY"]
METRICS_TOKEN: str = ENV["METRICS_TOKEN"]
POST_LIMIT: int = ENV["POST_LIMIT"]
SHARES_PER_HOUR: int = ENV["SHARES_PER_HOUR"]
SHARE_DELAY = timedelta(seconds=ENV["SHARE_DELAY"])
DESK_ASSIGNMENT: str = ENV["DESK_ASSIGNMENT"]
if DESK_ASSIGNMENT not in {"hand", "load", "round-robin"}:
    raise env.BadSettings((f"{env.PREFIX}DESK_ASSIGNMENT is hand, load or round-robin, not {DESK_ASSIGNMENT!r}",))
DESK_PSEUDONYMS: bool = ENV["DESK_PSEUDONYMS"]
DESK_LATE = timedelta(minutes=ENV["DESK_LATE"])
DESK_OVERDUE = timedelta(minutes=ENV["DESK_OVERDUE"])
POLICY_DELAY = timedelta(minutes=ENV["POLICY_DELAY"] if ENV["POLICY_DELAY"] >= 0 else 0 if EMBEDDED else 15)
LINK_PREVIEWS: bool = ENV["LINK_PREVIEWS"]
PREVIEW_HOSTS: list[str] = ENV["PREVIEW_HOSTS"]
PREVIEWS_REFUSED: list[str] = ENV["PREVIEWS_REFUSED"]
EGRESS_PRIVATE: list[str] = ENV["EGRESS_PRIVATE"]
