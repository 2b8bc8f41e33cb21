"""`python -m billing …`."""

from billing.app import DOMAIN
from billing.tables import metadata
from chassis import command_line

command_line.run("billing", metadata, DOMAIN)
