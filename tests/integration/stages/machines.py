"""How state machines run: a few examples in every run, the same ones; many at random when asked.

`.venv/bin/python -m pytest --hypothesis-profile=long tests/integration/test_store_at_random.py`
does so for minutes; what it finds is printed as the steps that lead there.
"""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS = 30


def run(machine: Callable[[], RuleBasedStateMachine], percent: int) -> None:
    """Run a machine on that part of the examples of the profile."""
    # it asks for a class, and calls it: what makes one with its server does as well
    chosen = settings(
        max_examples=max(1, settings().max_examples * percent // 100),
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),  # each example empties a database
    )
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]
