"""The YAML dialect of policies: no anchors, and moments stay as they were written."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.nodes import ScalarNode


class _Constructor(RoundTripConstructor):
    """Leaves moments as they were written: the usual reading loses the time zone."""

    def construct_moment(self, node: ScalarNode, values: Any = None) -> Moment:
        return Moment(self.construct_scalar(node))


class Moment(str):
    """A date and time as it was written."""

    __slots__ = ()


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_moment)


def new_yaml() -> YAML:
    """A reader and writer: comments, quotes, order and moments survive."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        Moment, lambda representer, moment: representer.represent_scalar("tag:yaml.org,2002:timestamp", str(moment))
    )
    return yaml
