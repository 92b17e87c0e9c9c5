"""The engine is pure: its tests need neither the database nor the cast."""

from hypothesis import settings

# No deadline: a busy machine is no bug. What must not be slow is measured in tests/bench.
settings.register_profile("engine", deadline=None, max_examples=60)
settings.load_profile("engine")
