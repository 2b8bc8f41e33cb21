"""`python -m auth asvs`: print what the tests of this checkout show of ASVS 5.0."""

import argparse
import sys

from auth import asvs


def run(service: str, chosen: argparse.Namespace) -> int:
    """Print the table that `docs/asvs.md` holds; return the exit code."""
    if not asvs.TESTS.is_dir():
        print("asvs: there are no tests here; ask a checkout", file=sys.stderr)
        return 1
    print(asvs.table())
    return 0
