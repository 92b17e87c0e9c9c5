"""Keys of services that a business uses: chat, e-mail, payments, shipping, files, marketing."""

from __future__ import annotations

from typing import Final

from corpblog.policy.engine.secrets.kind import END, UUID, SecretKind

KINDS: Final = (
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
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{40,60})",
        3.0,
    ),
    SecretKind(
        "discord-webhook",
        "Discord webhook",
        ("webhooks",),
        r"discord(?:app)?\.com/api/webhooks/\d{17,20}/([A-Za-z0-9_\-]{60,72})",
        3.0,
    ),
    SecretKind(
        "discord-token",
        "Discord bot token",
        ("discord",),
        r"\b([MNO][A-Za-z0-9_\-]{23,25}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,38})\b",
        3.5,
    ),
    SecretKind(
        "teams-webhook",
        "Teams webhook",
        ("webhook.office.com",),
        r"webhook\.office\.com/webhookb2/[a-z0-9\-@]{70,80}/IncomingWebhook/([a-z0-9]{32}/[a-z0-9\-]{36})",
    ),
    SecretKind(
        "google-chat-webhook", "Google Chat webhook", ("chat.googleapis.com",),
        r"chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_\-]{5,30}/messages\?\S{0,80}token=([A-Za-z0-9_\-%]{30,80})", 3.0,
    ),
    SecretKind(
        "zapier-webhook", "Zapier webhook", ("hooks.zapier.com",),
        r"hooks\.zapier\.com/hooks/catch/(\d{4,12}/[a-z0-9]{6,12})",
    ),
    SecretKind("telegram-token", "Telegram bot token", (":a",), r"\b(\d{8,10}:A[A-Za-z0-9_\-]{34})" + END, 3.5),
    SecretKind(
        "stripe-key",
        "Stripe key",
        ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_"),
        r"\b(?:sk|rk)_(?:live|test|prod)_([A-Za-z0-9]{10,99})\b",
        2.5,
    ),
    SecretKind("stripe-webhook", "Stripe webhook secret", ("whsec_",), r"\b(whsec_[A-Za-z0-9+/=]{24,64})", 3.0),
    SecretKind("mollie-key", "Mollie key", ("live_", "test_"), r"\b(?:live|test)_([A-Za-z0-9]{30})\b", 3.0),
    SecretKind("gocardless-token", "GoCardless token", ("live_",), r"\blive_([A-Za-z0-9_\-]{40})" + END, 3.0),
    SecretKind("sumup-key", "SumUp key", ("sup_sk_",), r"\bsup_sk_([A-Za-z0-9]{32})\b", 3.0),
    SecretKind("plaid-token", "Plaid token", ("access-",), rf"\baccess-(?:sandbox|development|production)-({UUID})\b"),
    SecretKind(
        "braintree-token", "Braintree token", ("access_token$",),
        r"(access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32})", 3.0,
    ),
    SecretKind(
        "square-token",
        "Square token",
        ("sq0atp", "sq0csp", "sq0idp", "EAAA"),
        r"\b(sq0(?:atp|csp|idp)-[A-Za-z0-9_\-]{22,60}|EAAA[A-Za-z0-9+/=_\-]{56,60})",
        3.0,
    ),
    SecretKind(
        "shopify-token",
        "Shopify token",
        ("shpat_", "shpca_", "shppa_", "shpss_"),
        r"\bshp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})\b",
    ),
    SecretKind(
        "flutterwave-key", "Flutterwave key", ("flwseck",), r"\bFLWSECK(?:_TEST)?-([a-h0-9]{32}-X|[a-h0-9]{12})\b"
    ),
    SecretKind("easypost-key", "EasyPost key", ("ezak", "eztk"), r"\b(EZ[AT]K[A-Za-z0-9]{54})\b", 3.0),
    SecretKind("shippo-token", "Shippo token", ("shippo_",), r"\bshippo_(?:live|test)_([a-f0-9]{40})\b"),
    SecretKind("duffel-token", "Duffel token", ("duffel_",), r"\b(duffel_(?:test|live)_[A-Za-z0-9_\-=]{43})", 3.0),
    SecretKind("sendgrid-key", "SendGrid key", ("sg.",), r"\b(SG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50})", 3.0),
    SecretKind("mailgun-key", "Mailgun key", ("key-",), r"\b(?:pub)?key-([a-f0-9]{32})\b", 2.5),
    SecretKind(
        "mailchimp-key",
        "Mailchimp key",
        (*(f"-us{digit}" for digit in "123456789"),),
        r"\b([a-f0-9]{32}-us\d{1,2})\b",
        3.0,
    ),
    SecretKind(
        "brevo-key", "Brevo key", ("xkeysib-", "xsmtpsib-"), r"\bx(?:key|smtp)sib-([a-f0-9]{64}-[A-Za-z0-9]{16})\b"
    ),
    SecretKind(
        "twilio-key", "Twilio key", (*(f"SK{digit}" for digit in "0123456789abcdef"),), r"\b(SK[a-f0-9]{32})\b", 3.0
    ),
    SecretKind("hubspot-token", "HubSpot token", ("pat-na", "pat-eu"), rf"\bpat-(?:na|eu)\d-({UUID})\b"),
    SecretKind("airtable-token", "Airtable token", ("pat",), r"\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})\b", 3.0),
    SecretKind(
        "notion-token",
        "Notion token",
        ("ntn_", "secret_"),
        r"\b(ntn_[0-9]{11}[A-Za-z0-9]{32,35}|secret_[A-Za-z0-9]{43})\b",
        3.0,
    ),
    SecretKind("typeform-token", "Typeform token", ("tfp_",), r"\b(tfp_[A-Za-z0-9_.=\-]{40,59})", 3.0),
    SecretKind("contentful-token", "Contentful token", ("CFPAT-",), r"\b(CFPAT-[A-Za-z0-9_\-]{43})" + END, 3.0),
    SecretKind(
        "mapbox-token", "Mapbox token", ("sk.eyJ",), r"\b(sk\.eyJ[A-Za-z0-9_\-]{40,120}\.[A-Za-z0-9_\-]{20,24})", 3.0
    ),
    SecretKind("maxmind-key", "MaxMind key", ("_mmk",), r"\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b", 3.0),
    SecretKind("adobe-secret", "Adobe secret", ("p8e-",), r"\bp8e-([A-Za-z0-9]{32})\b", 3.0),
    SecretKind("frameio-token", "Frame.io token", ("fio-u-",), r"\b(fio-u-[A-Za-z0-9\-_=]{64})", 3.0),
    SecretKind("facebook-token", "Meta access token", ("EAAM", "EAAC"), r"\b(EAA[MC][A-Za-z0-9]{100,300})\b", 4.0),
    SecretKind("dropbox-token", "Dropbox token", ("sl.",), r"\b(sl\.(?:u\.)?[A-Za-z0-9_=\-]{130,200})", 3.0),
)  # fmt: skip
