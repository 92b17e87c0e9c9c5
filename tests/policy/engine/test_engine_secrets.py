"""Every kind of secret: a made-up one is found, and what only looks like one is left alone.

A sample is written as its issuer writes it; `{a36}` stands for 36 random signs of an alphabet. No sample is a real
secret, and none stands in this file as a whole.
"""

import random
import re

import pytest

from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.secrets import KINDS
from tests.policy.engine.engine_policies import detecting, marks, scan

ALPHABETS = {
    "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "c": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "l": "abcdefghijklmnopqrstuvwxyz0123456789",
    "u": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "h": "0123456789abcdef",
    "d": "0123456789",
    "b": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "w": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "k": "ACDEFGHJKLMNPQRSTUVWXYZ0234567892",
    "e": "abcdefgh0123456789",
}
UUID = "{h8}-{h4}-{h4}-{h4}-{h12}"

# How each is written, and something harmless that speaks of it or has its beginning.
KINDS_OF_SECRETS = {
    "aws-access-key": ("AK" + "IA{z16}", "the AKIA prefix, AKIAIOSFODNN7"),
    "aws-secret-key": ("aws_secret_access_key = {b40}", "aws_secret_access_key = <your key>"),
    "alibaba-access-key": ("LT" + "AI{a20}", "LTAI keys begin with LTAI"),
    "google-api-key": ("AI" + "za{w35}", "AIza is how they begin"),
    "google-oauth-secret": ("GOC" + "SPX-{w28}", "GOCSPX-secret"),
    "google-oauth-token": ("ya29" + ".{w60}", "ya29.short"),
    "google-service-account": ('"private_key_id": "{h40}"', '"private_key_id": "see the vault"'),
    "azure-storage-key": ("Account" + "Key={b86}==", "AccountKey=hidden"),
    "azure-sas": ("https://x.example/c?sv=2024-01-01&se=2026&sig={a44}", "https://x.example/?sig=short"),
    "azure-client-secret": ("{a3}8" + "Q~{a34}", "abc8Q~short"),
    "azure-devops-token": ("{a76}AZ" + "DO{a4}", "AZDO stands for Azure DevOps"),
    "digitalocean-token": ("dop" + "_v1_{h64}", "dop_v1_ tokens"),
    "heroku-key": ("HR" + "KU-AA{w58}", "HRKU-AA is new"),
    "flyio-token": ("fo" + "1_{w43}", "fo1_abc"),
    "netlify-token": ("nf" + "p_{a40}", "nfp_site"),
    "render-key": ("rn" + "d_{a32}", "rnd_seed = 4"),
    "scalingo-token": ("tk" + "-us-{w48}", "tk-us-example"),
    "supabase-token": ("sb" + "p_{h40}", "sbp_table"),
    "tailscale-key": ("ts" + "key-auth-{a12}-{a32}", "tskey-auth keys expire"),
    "openshift-token": ("sha" + "256~{w43}", "sha256~abc"),
    "clickhouse-key": ("4b" + "1d{a38}", "4b1d is a prefix"),
    "databricks-token": ("da" + "pi{h32}", "dapi is an interface"),
    "planetscale-token": ("ps" + "cale_tkn_{w43}", "pscale_tkn_short"),
    "cloudflare-token": ("cloudflare token = {w40}", "cloudflare token = hidden"),
    "vault-token": ("hv" + "s.{w28}", "hvs.short"),
    "terraform-token": ("{a14}.atlas" + "v1.{w64}", "the atlasv1 format"),
    "doppler-token": ("dp" + ".pt.{w43}", "dp.pt.short"),
    "1password-key": ("A3" + "-{u6}-{u6}-{u5}-{u5}-{u5}-{u5}", "A3-SIZE paper, A3-LANDSCAPE"),
    "1password-token": ("op" + "s_eyJ{b260}", "ops_eyJ"),
    "okta-token": ("okta token: 00{w40}", "okta token: 00 and more"),
    "grafana-token": ("gl" + "sa_{a32}_{h8}", "glsa_ tokens"),
    "sentry-token": ("sn" + "tryu_{h64}", "sntryu_short"),
    "newrelic-key": ("NR" + "AK-{u27}", "NRAK-SHORT"),
    "datadog-key": ("dd_api_key: {h32}", "datadog key: see the vault"),
    "dynatrace-token": ("dt0" + "c01.{z24}.{z64}", "dt0c01.public"),
    "github-token": ("gh" + "p_{a36}", "ghp_ marks a token"),
    "github-fine-grained": ("github" + "_pat_{a82}", "github_pat_11ABC"),
    "gitlab-token": ("gl" + "pat-{w20}", "glpat-short"),
    "bitbucket-token": ("AT" + "BB{a32}", "ATBB is a prefix"),
    "atlassian-token": ("AT" + "ATT3{w186}", "ATATT3 is a prefix"),
    "npm-token": ("np" + "m_{a36}", "npm_config_registry"),
    "pypi-token": ("py" + "pi-AgEIcHlwaS5vcmc{w100}", "pypi-AgEIcHlwaS5vcmc"),
    "rubygems-key": ("ruby" + "gems_{h48}", "rubygems_version"),
    "nuget-key": ("oy" + "2{l43}", "oy2 and so on"),
    "crates-token": ("ci" + "o{a32}", "a cio is a chief"),
    "clojars-token": ("CLO" + "JARS_{l60}", "CLOJARS_TOKEN"),
    "docker-token": ("dc" + "kr_pat_{w27}", "dckr_pat_short"),
    "artifactory-key": ("AK" + "Cp{a69}", "AKCp8"),
    "artifactory-token": ("cm" + "Vmd{a59}", "cmVmdGVzdA"),
    "circleci-token": ("CC" + "IPAT_{a22}_{h40}", "CCIPAT_project"),
    "buildkite-token": ("bk" + "ua_{l40}", "bkua_short"),
    "octopus-key": ("AP" + "I-{u26}", "API-DOCUMENTATION"),
    "sonarqube-token": ("sq" + "p_{h40}", "sqp_project"),
    "sourcegraph-token": ("sg" + "p_{h40}", "sgp_local"),
    "prefect-key": ("pn" + "u_{a36}", "pnu_short"),
    "pulumi-token": ("pu" + "l-{h40}", "pul-monary"),
    "readme-key": ("rd" + "me_{l70}", "rdme_docs"),
    "postman-key": ("PM" + "AK-{h24}-{h34}", "PMAK-short"),
    "openai-key": ("sk" + "-proj-{w74}T3Blbk" + "FJ{w74}", "the T3BlbkFJ in the middle"),
    "anthropic-key": ("sk" + "-ant-api03-{w93}AA", "sk-ant-api03-short"),
    "huggingface-token": ("hf" + "_{c34}", "hf_hub_download"),
    "groq-key": ("gs" + "k_{a52}", "gsk_share"),
    "perplexity-key": ("pp" + "lx-{a48}", "pplx-online"),
    "xai-key": ("xa" + "i-{a80}", "xai-methods explain"),
    "replicate-token": ("r8" + "_{a37}", "r8_register"),
    "langsmith-key": ("ls" + "v2_pt_{h32}_{h10}", "lsv2_pt_short"),
    "linear-key": ("li" + "n_api_{a40}", "lin_api_key"),
    "figma-token": ("fi" + "gd_{w43}", "figd_file"),
    "slack-token": ("xo" + "xb-{d12}-{d12}-{a24}", "xoxb-and xoxp-tokens"),
    "slack-webhook": ("https://hooks.slack" + ".com/services/T{u8}/B{u8}/{a24}", "https://hooks.slack.com/services/"),
    "discord-webhook": ("https://discord" + ".com/api/webhooks/{d18}/{w68}", "https://discord.com/api/webhooks/"),
    "discord-token": ("discord bot M{w23}.{w6}.{w38}", "discord bot v1.2.3"),
    "teams-webhook": (
        f"https://acme.webhook.office.com/webhookb2/{UUID}@{UUID}/IncomingWebhook/{{h32}}/{UUID}",
        "https://acme.webhook.office.com/webhookb2/",
    ),
    "google-chat-webhook": (
        "https://chat.googleapis.com/v1/spaces/{a11}/messages?key=x&token={w43}",
        "https://chat.googleapis.com/v1/spaces/abc/messages",
    ),
    "zapier-webhook": ("https://hooks.zapier.com/hooks/catch/{d7}/{l7}", "https://hooks.zapier.com/hooks/catch/"),
    "telegram-token": ("{d10}:A{w34}", "at 10:A we meet, 123456789:Ab"),
    "stripe-key": ("sk" + "_live_{a24}", "sk_live_key"),
    "stripe-webhook": ("wh" + "sec_{a32}", "whsec_short"),
    "mollie-key": ("li" + "ve_{a30}", "live_stream_of_the_day"),
    "gocardless-token": ("li" + "ve_{w40}", "live_results"),
    "sumup-key": ("su" + "p_sk_{a32}", "sup_sk_short"),
    "plaid-token": (f"access-production-{UUID}", "access-production-server"),
    "braintree-token": ("access" + "_token$production${l16}${h32}", "access_token$production"),
    "square-token": ("sq0" + "atp-{w22}", "sq0atp-short"),
    "shopify-token": ("sh" + "pat_{h32}", "shpat_short"),
    "flutterwave-key": ("FLW" + "SECK_TEST-{e32}-X", "FLWSECK_TEST-key"),
    "easypost-key": ("EZ" + "AK{a54}", "EZAK keys"),
    "shippo-token": ("ship" + "po_live_{h40}", "shippo_live_rates"),
    "duffel-token": ("duf" + "fel_live_{w43}", "duffel_live_mode"),
    "sendgrid-key": ("S" + "G.{w22}.{w43}", "SG. for Singapore"),
    "mailgun-key": ("ke" + "y-{h32}", "key-value and key-board"),
    "mailchimp-key": ("{h32}-us12", "server-us12 is down"),
    "brevo-key": ("xk" + "eysib-{h64}-{a16}", "xkeysib-short"),
    "twilio-key": ("S" + "K{h32}", "SK1234 is a flight"),
    "hubspot-token": (f"pa{'t'}-na1-{UUID}", "pat-na1-short"),
    "airtable-token": ("pa" + "t{a14}.{h64}", "patience.and more"),
    "notion-token": ("nt" + "n_{d11}{a35}", "secret_santa"),
    "typeform-token": ("tf" + "p_{w59}", "tfp_short"),
    "contentful-token": ("CF" + "PAT-{w43}", "CFPAT-short"),
    "mapbox-token": ("sk" + ".eyJ{w80}.{w22}", "sk.eyJ"),
    "maxmind-key": ("{a6}_{a29}_mm" + "k", "licence_mmk"),
    "adobe-secret": ("p8" + "e-{a32}", "p8e-short"),
    "frameio-token": ("fi" + "o-u-{w64}", "fio-u-short"),
    "facebook-token": ("EA" + "AM{a150}", "EAAM is a prefix"),
    "dropbox-token": ("s" + "l.{w140}", "sl.example.org"),
    "private-key": ("-----BEGIN RSA PRIVATE" + " KEY-----\n{b64}\n-----END RSA PRIVATE" + " KEY-----", "a private key"),
    "putty-key": ("PuTTY-User-" + "Key-File-3: ssh-ed25519", "the PuTTY-User-Key-File header"),
    "age-key": ("AGE-SECRET-" + "KEY-1{k58}", "AGE-SECRET-KEY-1"),
    "jwt": ("ey" + "J{w20}.eyJ{w30}.{w43}", "eyJhbGciOiJIUzI1NiJ9 is the header"),
    "url-password": ("postgres://app:{a12}@db.example.com/x", "https://example.com/a:b and user@example.com"),
    "connection-string": (
        "Server=db1;Database=x;User Id=app;Pass" + "word={a14};",
        "Server=db1;Database=x;Integrated Security=true;Password=;",
    ),
    "authorization-header": ("Authorization: Bearer {a40}", "Authorization: Bearer <your token>"),
    "command-password": ("curl -s -u admin:{a12} https://x.example", "curl -s -u admin https://x.example"),
    "netrc": ("machine git.example login bob password {a12}", "the machine where I login has no password"),
    "otp-secret": ("otpauth://totp/Acme:bob?secret={z32}&issuer=Acme", "otpauth://totp/Acme:bob"),
    "password-hash": ("$2b" + "$12${a53}", "costs $2b$ and $6$"),
    "password": ("mot de passe : {a12}", "Le mot de passe est requis."),
    "generic-key": ("api_key = {a32}", "api_key = os.environ"),
}


def written(kind: str, *, body: str = "") -> str:
    """A sample of this kind: with a body that chance made, or with the same sign all over."""
    chance = random.Random(kind)

    def fill(found: re.Match[str]) -> str:
        alphabet, count = ALPHABETS[found[1]], int(found[2])
        if body:
            return (body if body in alphabet else alphabet[0]) * count
        return "".join(chance.choices(alphabet, k=count))

    return re.sub(r"\{([a-z])(\d+)\}", fill, KINDS_OF_SECRETS[kind][0])


def test_every_kind_has_a_sample_here():
    assert KINDS_OF_SECRETS.keys() == KINDS.keys()
    assert len(KINDS) >= 40


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_found_among_words_and_its_mark_lies_in_it(kind):
    sample = written(kind)
    text = f"Voilà : {sample} , merci"
    found = scan(detecting("secret", kinds=[kind]), text).findings
    assert [finding.term for finding in found] == [kind]
    assert text[found[0].start : found[0].end] in sample
    assert len(text[found[0].start : found[0].end]) >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_looks_like_it_is_left_alone(kind):
    assert marks(detecting("secret", kinds=[kind]), f"Voilà : {KINDS_OF_SECRETS[kind][1]} , merci") == []


# Of these the form says it all, or what is around the secret has enough chance.
WITHOUT_A_BODY = {"private-key", "putty-key", "password-hash", "zapier-webhook"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WITHOUT_A_BODY])
@pytest.mark.parametrize("sign", ["x", "X", "0", "a", "A"])
def test_a_placeholder_is_no_secret(kind, sign):
    assert marks(detecting("secret", kinds=[kind]), f"see {written(kind, body=sign)} here") == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_trigger_stands_in_every_sample(kind):
    assert any(fold(trigger) in fold(written(kind)) for trigger in KINDS[kind].triggers)


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_together_see_each_of_them(kind):
    found = scan(detecting("secret", kinds=["any"]), f"Voilà : {written(kind)} , merci").findings
    assert kind in {finding.term for finding in found}


def test_a_dollar_makes_a_variable_of_a_word_and_no_more():
    scanner = detecting("secret", kinds=["password"])
    assert marks(scanner, "password = $DB_PASSWORD") == []
    assert marks(scanner, "password = $ecr3t-w0rd") == ["$ecr3t-w0rd"]


ABOUT_SECRETS = [
    "The password is required. Mot de passe oublié ?",
    "password: <your password>, token = ${TOKEN}, api_key: xxxxxxxxxxxxxxxx",
    "The key to success is understanding-customers, the secret: listening",
    "Our task force uses us-east-1; see https://example.com/a:b",
    "private_key, secret, password, token: words about words",
    "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 fixed it",
    "Le jeton de présence est à retirer à l’accueil, la clé du bureau aussi.",
    "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "UUID 123e4567-e89b-12d3-a456-426614174000, build 2026.11.23-rc1, release v1.0.0",
    "Please reset your password in the portal; the token expires tomorrow.",
    "import secrets; token = secrets.token_urlsafe(32); key = settings.SECRET_KEY",
]


@pytest.mark.parametrize("text", ABOUT_SECRETS)
def test_words_about_secrets_are_no_secrets(text):
    assert marks(detecting("secret", kinds=["any"]), text) == []
