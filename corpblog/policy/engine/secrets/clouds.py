"""Keys of clouds, of hosting, of identity and of what watches over them."""

from __future__ import annotations

from typing import Final

from corpblog.policy.engine.secrets.kind import ASSIGNED, END, SecretKind

KINDS: Final = (
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
        + ASSIGNED
        + r"([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
        4.0,
    ),
    SecretKind("alibaba-access-key", "Alibaba Cloud access key", ("ltai",), r"\b(LTAI[A-Za-z0-9]{20})\b"),
    SecretKind("google-api-key", "Google API key", ("aiza",), r"\b(AIza[A-Za-z0-9_\-]{35})" + END, 3.0),
    SecretKind("google-oauth-secret", "Google OAuth secret", ("gocspx-",), r"\bGOCSPX-([A-Za-z0-9_\-]{28})" + END),
    SecretKind("google-oauth-token", "Google OAuth token", ("ya29.",), r"\b(ya29\.[A-Za-z0-9_\-]{30,300})", 3.0),
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
    SecretKind("azure-devops-token", "Azure DevOps token", ("azdo",), r"\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b", 3.0),
    SecretKind(
        "digitalocean-token", "DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"\bdo[opr]_v1_([a-f0-9]{64})\b"
    ),
    SecretKind("heroku-key", "Heroku key", ("HRKU-AA",), r"\b(HRKU-AA[A-Za-z0-9_\-]{58})", 3.0),
    SecretKind(
        "flyio-token", "Fly.io token", ("fo1_", "fm1a_", "fm1r_", "fm2_"),
        r"\b(fo1_[A-Za-z0-9_\-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,900}={0,3})", 3.0,
    ),
    SecretKind("netlify-token", "Netlify token", ("nfp_",), r"\b(nfp_[A-Za-z0-9]{36,40})\b", 3.0),
    SecretKind("render-key", "Render key", ("rnd_",), r"\b(rnd_[A-Za-z0-9]{28,40})\b", 3.0),
    SecretKind("scalingo-token", "Scalingo token", ("tk-us-",), r"\b(tk-us-[A-Za-z0-9_\-]{48})" + END, 3.0),
    SecretKind("supabase-token", "Supabase token", ("sbp_",), r"\bsbp_([a-f0-9]{40})\b"),
    SecretKind(
        "tailscale-key", "Tailscale key", ("tskey-",),
        r"\b(tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40})\b", 3.0,
    ),
    SecretKind("openshift-token", "OpenShift token", ("sha256~",), r"\bsha256~([A-Za-z0-9_\-]{43})" + END, 3.0),
    SecretKind("clickhouse-key", "ClickHouse Cloud key", ("4b1d",), r"\b4b1d([A-Za-z0-9]{38})\b", 3.0),
    SecretKind("databricks-token", "Databricks token", ("dapi",), r"\bdapi([a-f0-9]{32}(?:-\d)?)\b", 3.0),
    SecretKind(
        "planetscale-token",
        "PlanetScale token",
        ("pscale_",),
        r"\b(pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=\-]{32,64})",
        3.0,
    ),
    SecretKind(
        "cloudflare-token",
        "Cloudflare token",
        ("cloudflare", "v1.0"),
        r"(?i)cloudflare[a-z_ \-.]{0,30}"
        + ASSIGNED
        + r"([A-Za-z0-9_\-]{40})"
        + END
        + r"|\b(v1\.0-[a-f0-9]{24}-[a-f0-9]{146})\b",
        3.0,
    ),
    SecretKind(
        "vault-token", "HashiCorp Vault token", ("hvs.", "hvb.", "hvr."), r"\b(hv[sbr]\.[A-Za-z0-9_\-]{24,300})", 3.0
    ),
    SecretKind(
        "terraform-token", "Terraform token", ("atlasv1",), r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=\-]{60,70})", 3.0
    ),
    SecretKind(
        "doppler-token", "Doppler token", ("dp.",), r"\b(dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._\-]{40,60})", 3.0
    ),
    SecretKind(
        "1password-key", "1Password secret key", ("A3-",),
        r"\b(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5})\b", 3.5,
    ),
    SecretKind(
        "1password-token", "1Password service token", ("ops_eyJ",), r"\b(ops_eyJ[A-Za-z0-9+/]{250,}={0,3})", 4.0
    ),
    SecretKind(
        "okta-token",
        "Okta token",
        ("okta",),
        r"(?i)okta[a-z_ \-.]{0,30}" + ASSIGNED + r"(00[A-Za-z0-9_\-]{40})" + END,
        3.5,
    ),
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
        r"\b(?:NRAK-([A-Z0-9]{27})|NRII-([A-Za-z0-9\-]{32})|NRJS-([a-f0-9]{19}))\b",
    ),
    SecretKind(
        "datadog-key",
        "Datadog key",
        ("datadog", "dd_api_key"),
        r"(?i)(?:datadog|dd)[a-z_ \-.]{0,20}key[a-z_ \-.]{0,20}" + ASSIGNED + r"([a-f0-9]{32,40})\b",
        3.0,
    ),
    SecretKind(
        "dynatrace-token", "Dynatrace token", ("dt0c01.",), r"\b(dt0c01\.[A-Z2-7]{24}\.[A-Z2-7]{64})\b", 3.0
    ),
)  # fmt: skip
