"""`python -m barker.cli`."""

from barker.cli import main

main()
