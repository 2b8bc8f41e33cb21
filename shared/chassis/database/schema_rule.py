"""The schema rule: a service refuses an older schema than its own and tolerates a newer one.

So a database is migrated first (expand) and its processes follow one by one, those of the version
before still at work on it; what only they need is taken away a version later (contract).
"""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import migrations, postgres
from chassis.errors import Unavailable


def require(engine: Engine, service: str) -> None:
    """Return if the database's schema is as new as the service's scripts, or newer.

    Raises:
        Unavailable: `chassis.schema_too_old` if it is older or there is none;
            `chassis.database_unavailable` without a database.
    """
    needed, found = migrations.newest(service), _revision(engine)
    if found < needed:
        raise Unavailable(
            "chassis.schema_too_old",
            f"the database of {service} has schema {found:04}, this version needs {needed:04}: "
            f"run python -m {service} migrate",
            details={"found": found, "needed": needed},
            retryable=False,
        )


def _revision(engine: Engine) -> int:
    try:
        with engine.connect() as connection:
            return migrations.revision(connection)
    except SQLAlchemyError as error:
        postgres.judge(error, (), {})
        raise
