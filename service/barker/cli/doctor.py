"""`barker doctor`: look at stores and settings, and say what to do."""

import json
import sys
from dataclasses import asdict

import click

from barker.cli.opening import opened, read_settings

SIGNS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "bad": ("✗", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a finding.")
def doctor(as_json: bool) -> None:
    """Look at each store, its version, indexes, functions and clock, at jobs and settings; say what to do.

    Ends with 1 if anything is bad.
    """
    from barker.actions import examining  # noqa: PLC0415 (drivers take half a second to import)

    bad = 0
    with opened() as stores:
        for finding in examining.examine(stores, read_settings()):
            bad += finding.level == "bad"
            if as_json:
                click.echo(json.dumps(asdict(finding)))
                continue
            sign, colour = SIGNS[finding.level]
            click.echo(f"{click.style(sign, fg=colour)} {finding.about:<10} {finding.says}")
            if finding.do:
                click.echo(f"  {'':<10} {click.style(finding.do, bold=True)}")
    sys.exit(1 if bad else 0)
