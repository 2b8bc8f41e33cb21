"""`python -m media …`."""

from chassis import command_line

command_line.run("media")
