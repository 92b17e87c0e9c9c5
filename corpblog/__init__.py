"""Corpblog: the company-internal microblog with a gate to the outside."""

__version__ = "0.1.0"
