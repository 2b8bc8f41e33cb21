"""`python -m affiliate …`."""

from chassis import command_line

command_line.run("affiliate")
