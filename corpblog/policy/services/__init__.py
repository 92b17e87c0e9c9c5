"""What changes policies, and the one question that everything that leaves must pass."""

from corpblog.policy.services.scanning import scan

__all__ = ["scan"]
