"""Credentials: the forms that issuers gave their keys and tokens, each behind a word that must be there, with entropy.

The forms are facts that issuers publish and that the gitleaks rule file (MIT) collects. All patterns run in RE2.
"""

# ruff: noqa: E501  # a pattern reads best on one line

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import re2

from corpblog.policy.engine.wording import Wording


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind. One of `triggers` is in every text that holds one. Group 1, if there is one, is the secret itself."""

    name: str
    label: str
    triggers: tuple[str, ...]
    pattern: str
    entropy: float = 0.0

    @property
    def title(self) -> Wording:
        return Wording(en=f"Secret: {self.label}", fr=f"Secret\u202f: {self.label}")

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of this kind of secret in a plain text: the secret itself, without the words that introduce it."""
        free = self.name in _FREE_FORM
        for found in _COMPILED[self.name].finditer(text):
            group = next((index for index in range(1, len(found.groups()) + 1) if found.group(index) is not None), 0)
            start = found.span(group)[0]
            secret = found.group(group).rstrip(_CLOSING) if free else found.group(group)
            if is_random_enough(secret, self.entropy) and _FREE_FORM.get(self.name, _anything)(secret):
                yield start, start + len(secret)


_ASSIGNED: Final = r"""["'`]?\s{0,3}(?:=|:|=>|:=|\bis\b|\best\b)\s{0,3}["'`]?"""
_END: Final = r"(?:[^A-Za-z0-9_\-]|$)"

_ALL: Final = (
    SecretKind(
        "private-key",
        "private key",
        ("private key",),
        r"-{3,5} ?BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,5}(?:[\sA-Za-z0-9+/=\\]+(?:-{3,5} ?END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,5})?)?",
    ),
    SecretKind("age-key", "age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    SecretKind(
        "aws-access-key",
        "AWS access key",
        ("akia", "asia", "abia", "acca"),
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
        3.0,
    ),
    SecretKind(
        "aws-secret-key",
        "AWS secret key",
        ("aws",),
        r"(?i)aws[a-z_ \-.]{0,30}(?:secret|key)[a-z_ \-.]{0,30}"
        + _ASSIGNED
        + r"([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
        4.0,
    ),
    SecretKind(
        "github-token",
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"\b(gh[pousr]_[A-Za-z0-9]{36,251})\b",
        3.0,
    ),
    SecretKind(
        "github-fine-grained", "GitHub fine-grained token", ("github_pat_",), r"\b(github_pat_[A-Za-z0-9_]{82})\b", 3.0
    ),
    SecretKind(
        "gitlab-token",
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-"),
        r"\b(gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_\-]{20,64})",
        3.0,
    ),
    SecretKind(
        "slack-token",
        "Slack token",
        (*(f"xox{kind}-" for kind in "abeoprs"), "xapp-"),
        r"\b(xox[abeoprs]-[A-Za-z0-9\-]{10,250}|xapp-\d-[A-Z0-9]{8,20}-\d{8,20}-[a-z0-9]{20,80})",
        2.5,
    ),
    SecretKind(
        "slack-webhook",
        "Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,60}",
    ),
    SecretKind(
        "discord-webhook",
        "Discord webhook",
        ("webhooks",),
        r"discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_\-]{60,72}",
    ),
    SecretKind(
        "teams-webhook",
        "Teams webhook",
        ("webhook.office.com",),
        r"webhook\.office\.com/webhookb2/[a-z0-9\-@]{70,80}/IncomingWebhook/[a-z0-9]{32}/[a-z0-9\-]{36}",
    ),
    SecretKind(
        "discord-token",
        "Discord bot token",
        ("discord",),
        r"\b([MNO][A-Za-z0-9_\-]{23,25}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,38})\b",
        3.5,
    ),
    SecretKind("telegram-token", "Telegram bot token", (":a",), r"\b(\d{8,10}:A[A-Za-z0-9_\-]{34})" + _END, 3.5),
    SecretKind(
        "stripe-key",
        "Stripe key",
        ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_"),
        r"\b((?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,99})\b",
        2.5,
    ),
    SecretKind("stripe-webhook", "Stripe webhook secret", ("whsec_",), r"\b(whsec_[A-Za-z0-9+/=]{24,64})", 3.0),
    SecretKind("google-api-key", "Google API key", ("aiza",), r"\b(AIza[A-Za-z0-9_\-]{35})" + _END, 3.0),
    SecretKind("google-oauth-secret", "Google OAuth secret", ("gocspx-",), r"\b(GOCSPX-[A-Za-z0-9_\-]{28})" + _END),
    SecretKind(
        "google-service-account",
        "Google service account key",
        ("private_key_id",),
        r'"private_key_id"\s{0,5}:\s{0,5}"([a-f0-9]{40})"',
    ),
    SecretKind("azure-storage-key", "Azure storage key", ("accountkey",), r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    SecretKind(
        "azure-sas",
        "Azure shared access signature",
        ("sig=",),
        r"[?&]sv=\d{4}-\d\d-\d\d&\S{0,300}sig=([A-Za-z0-9%]{40,80})",
    ),
    SecretKind(
        "azure-client-secret",
        "Azure client secret",
        ("8q~", "7q~"),
        r"\b([A-Za-z0-9_~.\-]{3}[78]Q~[A-Za-z0-9_~.\-]{31,34})",
        3.0,
    ),
    SecretKind(
        "jwt",
        "JSON web token",
        ("eyj",),
        r"\b(eyJ[A-Za-z0-9_\-]{14,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,})",
        3.0,
    ),
    SecretKind(
        "openai-key",
        "OpenAI key",
        ("T3BlbkFJ",),
        r"\b(sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{20,80}T3BlbkFJ[A-Za-z0-9_\-]{20,80})",
        3.0,
    ),
    SecretKind("anthropic-key", "Anthropic key", ("sk-ant-",), r"\b(sk-ant-[a-z0-9]{3,8}-[A-Za-z0-9_\-]{80,110})", 3.0),
    SecretKind(
        "huggingface-token", "Hugging Face token", ("hf_", "api_org_"), r"\b((?:hf|api_org)_[A-Za-z]{34})\b", 3.0
    ),
    SecretKind("npm-token", "npm token", ("npm_",), r"\b(npm_[A-Za-z0-9]{36})\b", 3.0),
    SecretKind("pypi-token", "PyPI token", ("pypi-AgEIcHlwaS",), r"\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_\-]{50,1000})"),
    SecretKind("rubygems-key", "RubyGems key", ("rubygems_",), r"\b(rubygems_[a-f0-9]{48})\b"),
    SecretKind(
        "docker-token", "Docker token", ("dckr_pat_", "dckr_oat_"), r"\b(dckr_[po]at_[A-Za-z0-9_\-]{27,32})", 3.0
    ),
    SecretKind("sendgrid-key", "SendGrid key", ("sg.",), r"\b(SG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50})", 3.0),
    SecretKind("mailgun-key", "Mailgun key", ("key-",), r"\b((?:pub)?key-[a-f0-9]{32})\b", 2.5),
    SecretKind(
        "mailchimp-key",
        "Mailchimp key",
        (*(f"-us{digit}" for digit in "123456789"),),
        r"\b([a-f0-9]{32}-us\d{1,2})\b",
        3.0,
    ),
    SecretKind(
        "brevo-key", "Brevo key", ("xkeysib-", "xsmtpsib-"), r"\b(x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16})\b"
    ),
    SecretKind(
        "twilio-key", "Twilio key", (*(f"SK{digit}" for digit in "0123456789abcdef"),), r"\b(SK[a-f0-9]{32})\b", 3.0
    ),
    SecretKind(
        "digitalocean-token", "DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"\b(do[opr]_v1_[a-f0-9]{64})\b"
    ),
    SecretKind("heroku-key", "Heroku key", ("HRKU-AA",), r"\b(HRKU-AA[A-Za-z0-9_\-]{58})", 3.0),
    SecretKind(
        "vault-token", "HashiCorp Vault token", ("hvs.", "hvb.", "hvr."), r"\b(hv[sbr]\.[A-Za-z0-9_\-]{24,300})", 3.0
    ),
    SecretKind(
        "terraform-token", "Terraform token", ("atlasv1",), r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=\-]{60,70})", 3.0
    ),
    SecretKind(
        "doppler-token", "Doppler token", ("dp.",), r"\b(dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._\-]{40,60})", 2.5
    ),
    SecretKind("databricks-token", "Databricks token", ("dapi",), r"\b(dapi[a-f0-9]{32}(?:-\d)?)\b", 3.0),
    SecretKind(
        "grafana-token",
        "Grafana token",
        ("glsa_", "glc_"),
        r"\b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})",
        3.0,
    ),
    SecretKind("sentry-token", "Sentry token", ("sntrys_", "sntryu_"), r"\b(sntry[su]_[A-Za-z0-9+/=_]{60,400})", 3.0),
    SecretKind(
        "newrelic-key",
        "New Relic key",
        ("NRAK-", "NRII-", "NRJS-"),
        r"\b(NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9\-]{32}|NRJS-[a-f0-9]{19})\b",
    ),
    SecretKind(
        "datadog-key",
        "Datadog key",
        ("datadog", "dd_api_key"),
        r"(?i)(?:datadog|dd)[a-z_ \-.]{0,20}key[a-z_ \-.]{0,20}" + _ASSIGNED + r"([a-f0-9]{32,40})\b",
        3.0,
    ),
    SecretKind("linear-key", "Linear key", ("lin_api_",), r"\b(lin_api_[A-Za-z0-9]{40})\b", 2.0),
    SecretKind(
        "notion-token",
        "Notion token",
        ("ntn_", "secret_"),
        r"\b(ntn_[0-9]{11}[A-Za-z0-9]{32,35}|secret_[A-Za-z0-9]{43})\b",
        3.0,
    ),
    SecretKind("atlassian-token", "Atlassian token", ("atatt3",), r"\b(ATATT3[A-Za-z0-9_\-=]{180,200})", 3.5),
    SecretKind("postman-key", "Postman key", ("PMAK-",), r"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b", 3.0),
    SecretKind("pulumi-token", "Pulumi token", ("pul-",), r"\b(pul-[a-f0-9]{40})\b", 2.0),
    SecretKind(
        "planetscale-token",
        "PlanetScale token",
        ("pscale_",),
        r"\b(pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=\-]{32,64})",
        3.0,
    ),
    SecretKind(
        "shopify-token",
        "Shopify token",
        ("shpat_", "shpca_", "shppa_", "shpss_"),
        r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b",
        2.0,
    ),
    SecretKind(
        "square-token",
        "Square token",
        ("sq0atp", "sq0csp", "sq0idp", "EAAA"),
        r"\b(sq0(?:atp|csp|idp)-[A-Za-z0-9_\-]{22,60}|EAAA[A-Za-z0-9+/=_\-]{56,60})",
        3.0,
    ),
    SecretKind("facebook-token", "Meta access token", ("EAAM", "EAAC"), r"\b(EAA[MC][A-Za-z0-9]{100,300})\b", 4.0),
    SecretKind("dropbox-token", "Dropbox token", ("sl.",), r"\b(sl\.(?:u\.)?[A-Za-z0-9_=\-]{130,200})", 3.0),
    SecretKind("figma-token", "Figma token", ("figd_",), r"\b(figd_[A-Za-z0-9_\-]{40,60})", 3.0),
    SecretKind(
        "okta-token",
        "Okta token",
        ("okta",),
        r"(?i)okta[a-z_ \-.]{0,30}" + _ASSIGNED + r"(00[A-Za-z0-9_\-]{40})" + _END,
        3.5,
    ),
    SecretKind(
        "cloudflare-token",
        "Cloudflare token",
        ("cloudflare", "v1.0"),
        r"(?i)cloudflare[a-z_ \-.]{0,30}"
        + _ASSIGNED
        + r"([A-Za-z0-9_\-]{40})"
        + _END
        + r"|\b(v1\.0-[a-f0-9]{24}-[a-f0-9]{146})\b",
        3.0,
    ),
    SecretKind(
        "url-password",
        "password in an address",
        ("://",),
        r"\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@?#]{1,64}:([^\s/@?#]{3,128})@[A-Za-z0-9.\-\[]",
        1.5,
    ),
    SecretKind(
        "password",
        "password",
        ("password", "passwd", "passphrase", "pwd", "mot de passe", "mdp", "passwort", "contrasena"),
        r"(?i)(?:password|passwd|passphrase|pwd|mots? de passe|mdp|passwort|contraseña)[a-z_ \-]{0,12}"
        + _ASSIGNED
        + r"([^\s\"'`,;]{6,128})",
        2.3,
    ),
    SecretKind(
        "generic-key",
        "key or token",
        ("key", "token", "secret", "credential", "auth_", "jeton", "clé api", "clé d'api", "clé secrète"),
        r"(?i)(?:api|access|secret|private|auth|client|cl[ée]|jeton|token|key|credential)[a-zéè_ \-.']{0,20}"
        + _ASSIGNED
        + r"([A-Za-z0-9_.=+/\-]{16,150})(?:[^A-Za-z0-9_.=+/\-]|$)",
        3.2,
    ),
)

KINDS: Final[Mapping[str, SecretKind]] = MappingProxyType({kind.name: kind for kind in _ALL})

# Words that documentation puts where a secret would be.
_PLACEHOLDERS: Final = re2.compile(
    r"(?i)^(?:x{4,}|\*+|\.{3,}|<.*>|\$\{?.*\}?|\{\{.*\}\}|%.*%|your[_\-].*|.*example.*|changeme|placeholder|redacted|none|null|true|false|undefined|required|oublié\S*|forgotten|expired?|incorrect\S*)$"
)


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


_CLOSING: Final = ".,;:!?)»”’"

_COMPILED: Final = {kind.name: re2.compile(kind.pattern, _quiet()) for kind in _ALL}


def is_random_enough(secret: str, threshold: float) -> bool:
    """True unless this is a word that stands for a secret."""
    return entropy(secret) >= threshold and not (threshold and _PLACEHOLDERS.search(secret))


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


def _anything(_secret: str) -> bool:
    return True


# Kinds whose form is anybody's choice: there sentences look alike, so the secret must not be a plain word.
_FREE_FORM: Final[Mapping[str, Callable[[str], bool]]] = {"password": is_mixed, "generic-key": has_digit}


def entropy(text: str) -> float:
    """Shannon's entropy in bits a character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values()) if total else 0.0
