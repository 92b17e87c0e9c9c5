"""Personal numbers of Europe: for social security, taxes, health and the register of residents.

Forms and checks are those that the authorities publish, as python-stdnum has them. A number without a checksum, or with
one digit of it, is found by itself only in a form that nothing else has, else near a word that names it.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum.at import vnr
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.ch import ssn as ahv
from stdnum.cz import rc
from stdnum.de import idnr, stnr
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nif as fr_nif
from stdnum.fr import nir
from stdnum.gb import nhs, utr
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.it import codicefiscale
from stdnum.lt import asmens
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik

from corpblog.policy.engine.identifiers.national import personal_number
from corpblog.policy.engine.wording import Wording

# Prefixes that are never given out, and letters that never stand there (HM Revenue & Customs, NIM39110).
_NINO: Final = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")


def _is_hetu(number: str) -> bool:
    # Separators are gone: the sign of the century, which may be a dash, stands before the last four.
    dashed = number if len(number) == 11 else f"{number[:6]}-{number[6:]}"
    return bool(hetu.is_valid(dashed))


def _is_spanish(number: str) -> bool:
    return bool(nie.is_valid(number) if number[0] in "XYZ" else dni.is_valid(number))


KINDS: Final = (
    personal_number(
        "fr-nir",
        Wording(en="French social security number", fr="Numéro de sécurité sociale"),
        nir.is_valid,
        # sex, year, month, department, town, order, key
        strict=r"[1-478][ .\-]?\d{2}[ .\-]?(?:0[1-9]|[1-9]\d)[ .\-]?(?:\d{2}|2[ABab])[ .\-]?\d{3}[ .\-]?\d{3}"
        r"[ .\-/]{0,2}\d{2}",
    ),
    personal_number(
        "fr-nif",
        Wording(en="French tax number", fr="Numéro fiscal"),
        fr_nif.is_valid,
        loose=r"[0-3]\d(?: ?\d\d)(?: ?\d{3}){3}",
        context=("numéro fiscal", "numéros fiscaux", "n° fiscal", "SPI", "NIF", "tax number", "référence fiscale"),
    ),
    personal_number(
        "be-nn",
        Wording(en="Belgian national number", fr="Numéro national belge"),
        nn.is_valid,
        strict=r"\d\d\.?[0-5]\d\.?[0-3]\d[ \-]?\d{3}[. ]?\d\d",
    ),
    personal_number(
        "de-idnr",
        Wording(en="German tax identifier", fr="Identifiant fiscal allemand"),
        idnr.is_valid,
        loose=r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}",
        context=(
            "IdNr", "Steuer-ID", "SteuerID", "Steueridentifikationsnummer", "Steuer-Identifikationsnummer",
            "Identifikationsnummer", "TIN", "tax ID",
        ),
    ),
    personal_number(
        "de-steuernummer",
        Wording(en="German tax number", fr="Numéro fiscal allemand"),
        stnr.is_valid,
        loose=r"\d{2,3} ?/ ?\d{3,4} ?/ ?\d{4,5}|\d{10,13}",
        context=("Steuernummer", "Steuer-Nr", "St.-Nr", "StNr", "Steuernr"),
    ),
    personal_number(
        "es-dni",
        Wording(en="Spanish DNI or NIE", fr="DNI ou NIE espagnol"),
        _is_spanish,
        strict=r"\d\d\.?\d{3}\.?\d{3}-?[A-HJ-NP-TV-Z]|[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]",
        loose=r"\d\d\.?\d{3}\.?\d{3}[ \-]?[A-HJ-NP-TV-Z]|[XYZ][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Z]",
        context=("DNI", "NIE", "NIF", "documento nacional", "identidad"),
    ),
    personal_number(
        "it-cf",
        Wording(en="Italian codice fiscale", fr="Code fiscal italien"),
        codicefiscale.is_valid,
        strict=r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]",
        loose=r"[A-Z]{3} ?[A-Z]{3} ?[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2} ?[A-Z][0-9LMNP-V]{3} ?[A-Z]",
        context=("codice fiscale", "cod. fisc", "cod fisc", "C.F", "CF"),
        fewest_digits=0,
    ),
    personal_number(
        "nl-bsn",
        Wording(en="Dutch citizen service number (BSN)", fr="Numéro de service néerlandais (BSN)"),
        bsn.is_valid,
        loose=r"\d{4}[. ]?\d\d[. ]?\d{2,3}|\d{3}[. ]\d{3}[. ]\d{3}",
        context=("BSN", "burgerservicenummer", "burgerservice", "sofinummer", "sofi-nummer"),
    ),
    personal_number(
        "gb-nino",
        Wording(en="UK National Insurance number", fr="Numéro d’assurance nationale britannique"),
        lambda number: bool(_NINO.fullmatch(number)),
        strict=r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
        loose=r"[A-Z]{2}[ \-]?\d\d[ \-]?\d\d[ \-]?\d\d[ \-]?[A-D]",
        context=("NINO", "NI number", "NI no", "national insurance"),
    ),
    personal_number(
        "gb-nhs",
        Wording(en="UK NHS number", fr="Numéro NHS britannique"),
        nhs.is_valid,
        loose=r"\d{3}[ \-]?\d{3}[ \-]?\d{4}",
        context=("NHS",),
    ),
    personal_number(
        "gb-utr",
        Wording(en="UK unique taxpayer reference", fr="Référence de contribuable britannique"),
        utr.is_valid,
        loose=r"\d{5} ?\d{5}K?",
        context=("UTR", "taxpayer reference", "tax reference"),
    ),
    personal_number(
        "ie-pps",
        Wording(en="Irish PPS number", fr="Numéro PPS irlandais"),
        pps.is_valid,
        loose=r"\d{7} ?[A-W][A-IWT]?",
        context=("PPS", "PPSN", "personal public service"),
    ),
    personal_number(
        "ch-ahv",
        Wording(en="Swiss AHV/AVS number", fr="Numéro AVS suisse"),
        ahv.is_valid,
        strict=r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d\d",
    ),
    personal_number(
        "at-svnr",
        Wording(en="Austrian insurance number", fr="Numéro d’assurance autrichien"),
        vnr.is_valid,
        loose=r"[1-9]\d{3}[ \-]?[0-3]\d[01]\d\d\d",
        context=("SVNR", "SV-Nummer", "SV-Nr", "Sozialversicherungsnummer", "Versicherungsnummer"),
    ),
    personal_number(
        "pl-pesel",
        Wording(en="Polish PESEL", fr="PESEL polonais"),
        pesel.is_valid,
        loose=r"\d{11}",
        context=("PESEL",),
    ),
    personal_number(
        "pt-nif",
        Wording(en="Portuguese NIF", fr="NIF portugais"),
        pt_nif.is_valid,
        loose=r"[1-35-9]\d{2} ?\d{3} ?\d{3}",
        context=("NIF", "contribuinte", "NIPC"),
    ),
    personal_number(
        "se-pnr",
        Wording(en="Swedish personnummer", fr="Numéro personnel suédois"),
        personnummer.is_valid,
        strict=r"(?:19|20)?\d\d[01]\d[0-3]\d[\-+]\d{4}",
        loose=r"(?:19|20)?\d\d[01]\d[0-3]\d[\-+ ]?\d{4}",
        context=("personnummer", "personnr", "pnr"),
    ),
    personal_number(
        "fi-hetu",
        Wording(en="Finnish personal identity code", fr="Code personnel finlandais"),
        _is_hetu,
        strict=r"[0-3]\d[01]\d\d\d[\-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]",
    ),
    personal_number(
        "dk-cpr",
        Wording(en="Danish CPR number", fr="Numéro CPR danois"),
        cpr.is_valid,
        loose=r"[0-3]\d[01]\d\d\d[ \-]?\d{4}",
        context=("CPR", "CPR-nummer", "personnummer", "cpr-nr"),
    ),
    personal_number(
        "no-fnr",
        Wording(en="Norwegian national number", fr="Numéro national norvégien"),
        fodselsnummer.is_valid,
        strict=r"[0-7]\d[0-5]\d\d\d ?\d{5}",
    ),
    personal_number(
        "cz-rc",
        Wording(en="Czech or Slovak birth number", fr="Numéro de naissance tchèque ou slovaque"),
        rc.is_valid,
        strict=r"\d\d[0-8]\d[0-3]\d/\d{3,4}",
        loose=r"\d\d[0-8]\d[0-3]\d ?\d{3,4}",
        context=("rodné číslo", "rodne cislo", "r. č", "RČ"),
    ),
    personal_number(
        "ro-cnp",
        Wording(en="Romanian CNP", fr="CNP roumain"),
        cnp.is_valid,
        strict=r"[1-9]\d\d[01]\d[0-3]\d\d{6}",
    ),
    personal_number(
        "bg-egn",
        Wording(en="Bulgarian EGN", fr="EGN bulgare"),
        egn.is_valid,
        loose=r"\d\d[0-5]\d[0-3]\d{5}",
        context=("EGN", "ЕГН", "единен граждански номер"),
    ),
    personal_number(
        "gr-amka",
        Wording(en="Greek AMKA", fr="AMKA grec"),
        amka.is_valid,
        loose=r"[0-3]\d[01]\d{8}",
        context=("AMKA", "ΑΜΚΑ"),
    ),
    personal_number(
        "ee-ik",
        Wording(en="Estonian personal code", fr="Code personnel estonien"),
        ik.is_valid,
        loose=r"[1-8]\d\d[01]\d[0-3]\d{5}",
        context=("isikukood", "personal code"),
    ),
    personal_number(
        "lt-ak",
        Wording(en="Lithuanian personal code", fr="Code personnel lituanien"),
        asmens.is_valid,
        loose=r"[1-9]\d\d[01]\d[0-3]\d{5}",
        context=("asmens kodas", "a.k", "personal code"),
    ),
    personal_number(
        "hr-oib",
        Wording(en="Croatian OIB", fr="OIB croate"),
        oib.is_valid,
        loose=r"\d{11}",
        context=("OIB", "osobni identifikacijski"),
    ),
    personal_number(
        "tr-tckn",
        Wording(en="Turkish identity number", fr="Numéro d’identité turc"),
        tckimlik.is_valid,
        loose=r"[1-9]\d{10}",
        context=("TCKN", "TC kimlik", "T.C. kimlik", "kimlik no", "kimlik numarası"),
    ),
)  # fmt: skip
