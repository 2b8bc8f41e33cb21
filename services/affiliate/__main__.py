"""`python -m affiliate …`."""

from books.command_line import OWN
from chassis.running import command_line

command_line.run("affiliate", own=OWN)
