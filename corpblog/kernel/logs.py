"""How this process writes its log."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Log from `level` on, tracebacks without the values of variables.

    Left alone, structlog draws tracebacks with every local variable wherever `rich` is installed: posts, tokens and
    passwords would be in the log of the first error.
    """
    least = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
    )
