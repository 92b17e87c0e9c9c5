"""Another process of the same installation, `python -m tests.policy.scanning_process`: each line gets its outcome."""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from corpblog.policy.services import scan

    for line in sys.stdin:
        verdict = scan(fields=line.strip(), audience="external")
        print(verdict.outcome.value, *verdict.rules, flush=True)
