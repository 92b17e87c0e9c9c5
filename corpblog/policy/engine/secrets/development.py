"""Keys of what programs are made with: repositories, packages, builds, and models that answer."""

from __future__ import annotations

from typing import Final

from corpblog.policy.engine.secrets.kind import END, SecretKind

KINDS: Final = (
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
    SecretKind("bitbucket-token", "Bitbucket app password", ("ATBB",), r"\b(ATBB[A-Za-z0-9]{32})\b", 3.0),
    SecretKind("atlassian-token", "Atlassian token", ("atatt3",), r"\b(ATATT3[A-Za-z0-9_\-=]{180,200})", 3.5),
    SecretKind("npm-token", "npm token", ("npm_",), r"\b(npm_[A-Za-z0-9]{36})\b", 3.0),
    SecretKind("pypi-token", "PyPI token", ("pypi-AgEIcHlwaS",), r"\bpypi-AgEIcHlwaS5vcmc([A-Za-z0-9_\-]{50,1000})"),
    SecretKind("rubygems-key", "RubyGems key", ("rubygems_",), r"\brubygems_([a-f0-9]{48})\b"),
    SecretKind("nuget-key", "NuGet key", ("oy2",), r"\b(oy2[a-z0-9]{43})\b", 3.0),
    SecretKind("crates-token", "crates.io token", ("cio",), r"\b(cio[A-Za-z0-9]{32})\b", 3.5),
    SecretKind("clojars-token", "Clojars token", ("clojars_",), r"(?i)\bCLOJARS_([a-z0-9]{60})\b"),
    SecretKind(
        "docker-token", "Docker token", ("dckr_pat_", "dckr_oat_"), r"\b(dckr_[po]at_[A-Za-z0-9_\-]{27,32})", 3.0
    ),
    SecretKind("artifactory-key", "Artifactory key", ("akcp",), r"\b(AKCp[A-Za-z0-9]{69})\b", 4.0),
    SecretKind("artifactory-token", "Artifactory reference token", ("cmvmd",), r"\b(cmVmd[A-Za-z0-9]{59})\b", 4.0),
    SecretKind("circleci-token", "CircleCI token", ("ccipat_",), r"\b(CCIPAT_[A-Za-z0-9]{22}_[a-f0-9]{40})\b", 3.0),
    SecretKind("buildkite-token", "Buildkite token", ("bkua_",), r"\bbkua_([a-z0-9]{40})\b"),
    SecretKind("octopus-key", "Octopus Deploy key", ("api-",), r"\b(API-[A-Z0-9]{26})\b", 3.0),
    SecretKind("sonarqube-token", "SonarQube token", ("sqp_", "sqa_", "squ_"), r"\bsq[pau]_([a-f0-9]{40})\b"),
    SecretKind(
        "sourcegraph-token", "Sourcegraph token", ("sgp_",), r"\bsgp_(?:(?:[a-f0-9]{16}|local)_)?([a-f0-9]{40})\b"
    ),
    SecretKind("prefect-key", "Prefect key", ("pnu_",), r"\b(pnu_[A-Za-z0-9]{36})\b", 3.0),
    SecretKind("pulumi-token", "Pulumi token", ("pul-",), r"\bpul-([a-f0-9]{40})\b"),
    SecretKind("readme-key", "ReadMe key", ("rdme_",), r"\brdme_([a-z0-9]{70})\b"),
    SecretKind("postman-key", "Postman key", ("PMAK-",), r"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b", 3.0),
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
    SecretKind("groq-key", "Groq key", ("gsk_",), r"\b(gsk_[A-Za-z0-9]{52})\b", 3.0),
    SecretKind("perplexity-key", "Perplexity key", ("pplx-",), r"\b(pplx-[A-Za-z0-9]{48})\b", 3.0),
    SecretKind("xai-key", "xAI key", ("xai-",), r"\b(xai-[A-Za-z0-9]{80})\b", 3.0),
    SecretKind("replicate-token", "Replicate token", ("r8_",), r"\b(r8_[A-Za-z0-9]{37})\b", 3.0),
    SecretKind(
        "langsmith-key", "LangSmith key", ("lsv2_",), r"\b(lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10})\b", 3.0
    ),
    SecretKind("linear-key", "Linear key", ("lin_api_",), r"\blin_api_([A-Za-z0-9]{40})\b", 3.0),
    SecretKind("figma-token", "Figma token", ("figd_",), r"\b(figd_[A-Za-z0-9_\-]{40,60})" + END, 3.0),
)  # fmt: skip
