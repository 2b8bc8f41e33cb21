"""`python -m auth …`."""

from auth.app import DOMAIN
from auth.tables import metadata
from chassis import command_line

command_line.run("auth", metadata, DOMAIN)
