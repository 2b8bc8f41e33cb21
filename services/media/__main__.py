"""`python -m media …`."""

from chassis import command_line
from media.app import DOMAIN
from media.tables import metadata

command_line.run("media", metadata, DOMAIN)
