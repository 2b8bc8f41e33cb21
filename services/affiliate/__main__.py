"""`python -m affiliate …`."""

from affiliate.app import DOMAIN
from affiliate.tables import metadata
from chassis import command_line

command_line.run("affiliate", metadata, DOMAIN)
