"""Packs: ready-made rules that a draft takes in whole, with their comments and examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

_FOLDER = Path(__file__).parent / "packs"


@dataclass(frozen=True)
class Pack:
    """One pack: a policy document of its own, under a name that is also its file's."""

    name: str
    title: Any
    about: Any

    @property
    def source(self) -> str:
        return (_FOLDER / f"{self.name}.yaml").read_text(encoding="utf-8")


_ALL = (
    Pack(
        "secrets", _("Secrets"), _("Passwords, keys and tokens of more than a hundred kinds, and links that hold one.")
    ),
    Pack("payment-data", _("Payment data"), _("Card numbers, their security codes, and bank accounts.")),
    Pack(
        "personal-data",
        _("Personal data"),
        _("Identity numbers of forty countries, lists of addresses, phone numbers, the health of colleagues."),
    ),
    Pack(
        "internal-links-and-markings",
        _("Internal links and markings"),
        _("Links into the company, paths and shortened links; CONFIDENTIAL, INTERNAL ONLY, TLP labels."),
    ),
    Pack("code-names", _("Code names"), _("Unannounced projects, what looks like one, and talk of mergers.")),
    Pack("quiet-period", _("Quiet period"), _("Results, figures and the share price before they are published.")),
    Pack(
        "french-and-eu-identifiers",
        _("French and European identifiers"),
        _("Social security, tax and VAT numbers of France and of the European Union."),
    ),
)

PACKS: Mapping[str, Pack] = MappingProxyType({pack.name: pack for pack in _ALL})
