"""Code names as companies give them: a bird, a wind or a star, alone or behind a common word."""

from __future__ import annotations

from random import Random
from typing import Final

_NAMES: Final = """
Falcon Condor Kestrel Osprey Pelican Heron Magpie Nightingale Mistral Sirocco Tramontane Zephyr Harmattan Levante
Orion Cassiopeia Andromeda Polaris Antares Aldebaran Rigel Betelgeuse Sequoia Magnolia Hawthorn Juniper Tamarind
Obsidian Sapphire Emerald Malachite Turquoise Granite Basalt Matterhorn Kilimanjaro Annapurna Aconcagua Everest
Neptune Poseidon Artemis Minerva Prometheus Daedalus Ariadne Odysseus Calypso Penelope Hermione Lancelot Excalibur
Camelot Avalon Tintagel Bordeaux Valparaiso Samarkand Trinidad Marrakech Zanzibar Casablanca Bluebird Redwood
Silverfish Goldfinch Blackthorn Whitewater Greenwich Moonstone Thunderbolt Snowdrop Raincloud Starlight
""".split()  # noqa: SIM905
_BEFORE: Final = ("Projet", "Project", "Operation", "Opération", "Plan", "Team", "Agence")
POLICY: Final = """
policy: 1
name: Evaluation
rules:
  - id: names
    detect: [{keywords: {dictionary: names}}]
    outcome: hold
"""


def code_names(count: int, seed: int) -> list[str]:
    """So many different names; a third of them alone, a third behind a common word, a third in pairs."""
    chance = Random(seed)
    names: set[str] = set()
    while len(names) < count:
        name = chance.choice(_NAMES)
        kind = chance.randrange(3)
        names.add(name if kind == 0 else f"{chance.choice(_BEFORE if kind == 1 else _NAMES)} {name}")
    return sorted(names)
