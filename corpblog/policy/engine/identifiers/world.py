"""Personal numbers of America, Africa, Asia and Oceania; see `europe` for what is found by itself and what is not."""

from __future__ import annotations

from typing import Final

from stdnum.au import tfn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.in_ import aadhaar, pan
from stdnum.jp import in_ as my_number
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.us import itin, ssn
from stdnum.za import idnr

from corpblog.policy.engine.identifiers.national import personal_number
from corpblog.policy.engine.wording import Wording


def _is_ric(number: str) -> bool:
    """Date and checksum. The list of counties that python-stdnum has is not complete, so the place is not asked."""
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return bool(ric.calc_check_digit(number) == number[-1])


KINDS: Final = (
    personal_number(
        "us-ssn",
        Wording(en="US social security number", fr="Numéro de sécurité sociale américain"),
        ssn.is_valid,
        strict=r"[0-8]\d\d-\d\d-\d{4}",
        loose=r"[0-8]\d\d[ .\-]?\d\d[ .\-]?\d{4}",
        context=("SSN", "social security", "soc sec"),
    ),
    personal_number(
        "us-itin",
        Wording(en="US taxpayer number (ITIN)", fr="Numéro de contribuable américain (ITIN)"),
        itin.is_valid,
        strict=r"9\d\d-\d\d-\d{4}",
        loose=r"9\d\d[ .\-]?\d\d[ .\-]?\d{4}",
        context=("ITIN", "taxpayer identification"),
    ),
    personal_number(
        "ca-sin",
        Wording(en="Canadian social insurance number", fr="Numéro d’assurance sociale canadien"),
        sin.is_valid,
        loose=r"\d{3}[ \-]?\d{3}[ \-]?\d{3}",
        context=("SIN", "NAS", "social insurance", "assurance sociale"),
    ),
    personal_number(
        "mx-curp",
        Wording(en="Mexican CURP", fr="CURP mexicaine"),
        curp.is_valid,
        strict=r"[A-Z]{4}\d\d[01]\d[0-3]\d[HMX][A-Z]{5}[A-Z0-9]\d",
    ),
    personal_number(
        "br-cpf",
        Wording(en="Brazilian CPF", fr="CPF brésilien"),
        cpf.is_valid,
        strict=r"\d{3}\.\d{3}\.\d{3}-\d\d",
        loose=r"\d{3}\.?\d{3}\.?\d{3}-?\d\d",
        context=("CPF", "cadastro de pessoa"),
    ),
    personal_number(
        "za-id",
        Wording(en="South African identity number", fr="Numéro d’identité sud-africain"),
        idnr.is_valid,
        loose=r"\d\d[01]\d[0-3]\d ?\d{4} ?[0-2]\d\d",
        context=("ID number", "identity number", "SA ID", "RSA ID", "ID no"),
    ),
    personal_number(
        "in-aadhaar",
        Wording(en="Indian Aadhaar number", fr="Numéro Aadhaar indien"),
        aadhaar.is_valid,
        loose=r"[2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4}",
        context=("Aadhaar", "Aadhar", "UIDAI", "आधार"),
    ),
    personal_number(
        "in-pan",
        Wording(en="Indian PAN", fr="PAN indien"),
        pan.is_valid,
        loose=r"[A-Z]{3}P[A-Z]\d{4}[A-Z]",
        context=("PAN", "permanent account number", "income tax"),
        fewest_digits=4,
    ),
    personal_number(
        "au-tfn",
        Wording(en="Australian tax file number", fr="Numéro fiscal australien"),
        tfn.is_valid,
        loose=r"\d{3} ?\d{3} ?\d{2,3}",
        context=("TFN", "tax file number"),
    ),
    personal_number(
        "cn-ric",
        Wording(en="Chinese resident identity number", fr="Numéro d’identité chinois"),
        _is_ric,
        strict=r"[1-8]\d{5}(?:19|20)\d\d[01]\d[0-3]\d{4}[0-9Xx]",
    ),
    personal_number(
        "kr-rrn",
        Wording(en="South Korean resident number", fr="Numéro de résident sud-coréen"),
        rrn.is_valid,
        strict=r"\d\d[01]\d[0-3]\d-[0-9]\d{6}",
    ),
    personal_number(
        "jp-my-number",
        Wording(en="Japanese individual number", fr="Numéro individuel japonais"),
        my_number.is_valid,
        loose=r"\d{4}[ \-]?\d{4}[ \-]?\d{4}",
        context=("マイナンバー", "個人番号", "my number", "individual number"),
    ),
)
