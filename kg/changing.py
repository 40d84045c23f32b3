"""The commands that change a store document by document: add, read again, remove; all the rest stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.context import Context, FilePath, store_options
from kg.errors import ReadingError

if TYPE_CHECKING:
    from kg.corpus import Report


@click.command()
@click.argument("files", nargs=-1, type=FilePath(), metavar="[FILE...]")
@store_options
@click.pass_obj
def add(run: Context, files: tuple[Path, ...]) -> None:
    """Add documents to the store, or read changed ones again.

    Without FILE, those of the store's documents whose files have changed. Files that
    are in the store as they are now are not read again; other documents are not touched,
    unless one builds on what has changed.

    \b
    Examples:
      zeren add plans/2022.txt
      zeren add plans/
      zeren add
    """
    from kg import corpus

    wanted: Iterable[Path] = corpus.documents(files)
    if not files:
        wanted, gone = corpus.changed_files(run.settings)
        for path in gone:
            click.echo(f"gone, but still in the store: {path} (zeren remove takes it out)", err=True)
    report = corpus.change(run.settings, add=wanted)
    for document in report.built:
        click.echo(f"{document.title}: {document.sizes['tasks']} tasks")
    _say(run, report)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="DOCUMENT...")
@store_options
@click.pass_obj
def remove(run: Context, names: tuple[str, ...]) -> None:
    """Take documents out of the store; their files stay where they are.

    DOCUMENT is a title, a unique part of it, a document number or an IRI.

    \b
    Examples:
      zeren remove 营口市鲅鱼圈区2021年食品安全重点工作安排
    """
    from kg import corpus
    from kg.questions.lookup import find

    store = run.store()
    found = [find(store, name, kinds=("document",)) for name in names]
    report = corpus.change(run.settings, remove={thing.iri for thing in found})
    for thing in found:
        click.echo(f"removed: {thing.label}")
    _say(run, report)


def _say(run: Context, report: Report) -> None:
    """Say what was left out, what was closed anew, and how large the store is now."""
    for _, error in report.failed:
        click.echo(f"left out: {error}", err=True)
    anew = len(report.closed)
    click.echo(f"{run.settings.store}: {report.quads:,} quads; inferences drawn anew for {anew} document(s)")
    if report.failed:
        click.get_current_context().exit(ReadingError.exit_code)
