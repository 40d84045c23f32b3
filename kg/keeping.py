"""The commands that keep a store: back it up, restore it, and check that it is what it says it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.context import Context, store_options, write_out
from kg.errors import StoreError

if TYPE_CHECKING:
    from kg.store.home import Home

STDIO = Path("-")
NEWLINE = b"\n"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE")
@store_options
@click.pass_obj
def backup(run: Context, file: Path) -> None:
    """Write the store to one file, users' changes included.

    The same store gives the same bytes. The file is a gzip'd tar of N-Quads and is
    written whole or not at all; - is standard output. A service may go on meanwhile.

    \b
    Examples:
      zeren backup zeren.backup
      zeren backup - | ssh elsewhere 'cat > zeren.backup'
    """
    from kg.store.backup import Backup

    home, generation = _there(run)
    taken = Backup.of(home, generation)
    content = taken.written()
    if not write_out(file, content):
        return
    click.echo(
        f"{file}: version {taken.about['version']}, {_count(taken.nquads)} quads, "
        f"{len(taken.journal)} change(s), {len(content):,} bytes"
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE")
@click.option("--replace", is_flag=True, help="Put it in the place of the store that is there.")
@store_options
@click.pass_obj
def restore(run: Context, file: Path, *, replace: bool) -> None:
    """Make a store of a backup.

    The whole file is checked first; one that is damaged changes nothing.

    \b
    Examples:
      zeren restore zeren.backup --store copy.zeren
      zeren restore zeren.backup --replace
    """
    from kg.store.backup import Backup, load

    kept = Backup.read(sys.stdin.buffer.read(), "standard input") if file == STDIO else load(file)
    home = _home(run)
    if not replace and home.current() is not None:
        raise StoreError(f"{run.settings.store}: holds a store; --replace puts the backup in its place")
    kept.restore(home)
    click.echo(
        f"{run.settings.store}: version {kept.about['version']}, {_count(kept.nquads)} quads, "
        f"{len(kept.journal)} change(s)"
    )


@click.command()
@store_options
@click.pass_context
def check(context: click.Context) -> None:
    """Check the store against itself and its sources.

    Its content against its version, its journal, every passage against the text it
    is cut from, and all graphs against a new build. Ends with 1 if anything is wrong.

    \b
    Examples:
      zeren check
      zeren check --store copy.zeren
    """
    from kg import corpus
    from kg.store.soundness import differences, examine

    run: Context = context.obj
    home, generation = _there(run)
    found = examine(home, generation)
    expected, notes = corpus.drawn_anew(run.settings, generation)
    faults = [*found.faults, *(differences(found.nquads, expected) if expected is not None else ())]
    for note in (*found.notes, *notes):
        click.echo(f"note: {note}")
    for fault in faults:
        click.echo(f"wrong: {fault}")
    click.echo(
        f"{run.settings.store}: version {found.version}, {_count(found.nquads)} quads, "
        f"{found.passages:,} passages, {found.changes} change(s): {_verdict(len(faults))}"
    )
    if faults:
        context.exit(1)


def _count(nquads: bytes) -> str:
    return f"{nquads.count(NEWLINE):,}"


def _verdict(faults: int) -> str:
    return f"{faults} fault(s)" if faults else "sound"


def _home(run: Context) -> Home:
    from kg.store.home import home

    return home(run.settings.store, run.settings.base)


def _there(run: Context) -> tuple[Home, str]:
    """Return the store and its generation. StoreError where there is none: nothing is built to be kept or checked."""
    place = _home(run)
    generation = place.current()
    if generation is None:
        raise StoreError(f"{run.settings.store}: there is no store here; build one with zeren build")
    return place, generation
