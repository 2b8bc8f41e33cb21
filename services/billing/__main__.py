"""`python -m billing …`."""

from chassis import command_line

command_line.run("billing")
