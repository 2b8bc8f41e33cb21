"""Other teams' services may read the feed, as far as they were given types: a step of schema.

The owner writes the rows, as `suitectl consumer` has it; a service that could would admit whom it
likes.
"""

from sqlalchemy import Connection, text

_LISTENERS = """
create table listeners (
    name text primary key,
    types text[] not null
);
revoke all on listeners from {app_role};
grant select on listeners to {app_role};
"""


def make(connection: Connection, roles: str) -> None:
    """Create the table of listeners; `types` are this service's own, 'billing.invoice_paid'."""
    connection.execute(text(_LISTENERS.format(app_role=f"{roles}_app")))
