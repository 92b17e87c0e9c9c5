"""French as Django has it, but for the space between thousands: the narrow one, that no line breaks at."""

THOUSAND_SEPARATOR = "\N{NARROW NO-BREAK SPACE}"
