"""`python -m auth …`."""

from chassis import command_line

command_line.run("auth")
