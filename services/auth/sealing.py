"""What is encrypted under a key that is to go is encrypted anew, under the first one."""

from auth import second_factors
from auth.secret_keys import SecretKeys
from chassis.jobs.schedules import Schedule
from chassis.unit.handling import App

PAGE = 100


def schedule(keys: SecretKeys) -> Schedule:
    """Return what looks every minute whether something is left."""

    def run(app: App) -> None:
        while seal_anew(app, keys) == PAGE:
            pass

    return Schedule(name="seal_anew", every_s=60, run=run)


def seal_anew(app: App, keys: SecretKeys) -> int:
    """Encrypt a page of secrets anew, under the first key; return how many."""
    with app.engine.begin() as connection:
        left = second_factors.sealed_otherwise(connection, keys.current, PAGE)
        for each in left:
            sealed = keys.resealed(each.secret)
            second_factors.reseal(connection, each, sealed, keys.current)
    return len(left)
