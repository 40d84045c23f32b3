"""The command that helps to correct what was read: a review to be filled in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.context import Context, FilePath, options

STDIN = Path("-")


@click.command()
@click.argument("file", type=FilePath(allow_dash=True), metavar="FILE")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=STDIN,
    help="A file that is not there yet; - is standard output.",
)
@options("reviews")
@click.pass_obj
def review(run: Context, file: Path, output: Path) -> None:
    """Write a review of a plan to be filled in.

    It has an entry for each finding: the passage, what was read, and what it
    should be. Put it right, say who and why, and keep it in --reviews.

    \b
    Examples:
      zeren review plan.txt
      zeren review plan.docx -o reviews/plan.toml
      zeren read --reviews reviews plan.docx
    """
    from kg.reading import read_bytes, read_file
    from kg.reading.source import MAX_BYTES
    from kg.reading.template import review_template

    reviews = run.settings.reviews
    if file == STDIN:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        plan = read_bytes(data, "standard input", reviews)
    else:
        plan = read_file(file, reviews)
    template = review_template(plan)
    if output == STDIN:
        click.echo(template, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as out:
            out.write(template)
    except FileExistsError as error:
        raise click.UsageError(
            f"{output}: is there already, and may hold somebody's work; name another file"
        ) from error
    except OSError as error:
        raise click.UsageError(f"{output}: cannot be written ({error.strerror})") from error
