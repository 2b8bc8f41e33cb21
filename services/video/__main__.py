"""`python -m video …`."""

from chassis import command_line
from video.app import DOMAIN
from video.tables import metadata

command_line.run("video", metadata, DOMAIN)
