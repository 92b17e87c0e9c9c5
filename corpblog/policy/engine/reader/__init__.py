"""Reads a policy from YAML. `document` begins, `rules` and `detectors` go on, `values` reads what stands in them."""

from corpblog.policy.engine.reader.detectors import terms_of_lines
from corpblog.policy.engine.reader.dialect import Moment, new_yaml
from corpblog.policy.engine.reader.document import load_policy

__all__ = ["Moment", "load_policy", "new_yaml", "terms_of_lines"]
