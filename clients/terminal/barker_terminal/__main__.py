"""`python -m barker_terminal`, where the command `bark` is not on the path."""

from barker_terminal.main import run

run()
