"""The commands that ask in words: who shares a task, what the graph knows of a thing, and the network as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.context import Context, options, store_options

if TYPE_CHECKING:
    from kg.store import Row, Store

_TABLE = "table"
_FORMATS = (_TABLE, "json", "csv", "tsv")
_document = click.option("--document", help="One document only: its title, its number or a part of the title.")
_format = click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default=_TABLE,
    show_default=True,
    help="In words for people, or every column for programs.",
)


@click.command()
@click.argument("task", required=False)
@click.option("--organization", "-o", help="Whose shared tasks: a full name, a short form, or a unique part of either.")
@click.option("--with", "other", help="Only those shared with this organisation.")
@_document
@_format
@store_options
@options("lang")
@click.pass_obj
def coowners(
    run: Context, *, task: str | None, organization: str | None, other: str | None, document: str | None, form: str
) -> None:
    """Show who shares a task, in what role, in which sentence, and where that stands.

    TASK is a code (20.1) or an id (二.三.7.2). Together means: named in one responsibility statement.

    \b
    Examples:
      zeren coowners 20.1
      zeren coowners --organization 区卫健局
      zeren coowners --organization 区卫健局 --with 区市场监管局 --format csv
    """
    if (task is None) == (organization is None):
        raise click.UsageError("name a TASK, or an --organization, one of them")
    if other is not None and organization is None:
        raise click.UsageError("--with needs an --organization")
    from kg.questions.catalogue import run as ask

    store = run.store()
    within = _iri(store, document, "document")
    if task is not None:
        question = "coowners-of-task"
        rows = ask(store, question, task=_iri(store, task, "task", document=within))
    else:
        question = "shared-tasks"
        asked = {
            "organization": _iri(store, organization, "organization", document=within),
            "other": _iri(store, other, "organization", document=within),
        }
        rows = ask(store, question, document=within, **asked)
    _print(rows, question, form, run.settings.lang)


@click.command()
@click.argument("name")
@_document
@click.option(
    "--format",
    "form",
    type=click.Choice((_TABLE, "json")),
    default=_TABLE,
    show_default=True,
    help="In words, or JSON.",
)
@store_options
@options("lang")
@click.pass_obj
def show(run: Context, *, name: str, document: str | None, form: str) -> None:
    """Show what the graph says of anything: its facts, stated and inferred, and the passages they stand on.

    NAME is a code, a full name, a short form, a unique part of a name, or an IRI.

    \b
    Examples:
      zeren show 20.1
      zeren show 昆仑2021
      zeren show 鲅鱼圈海关 --lang en
    """
    from kg.outputs.portrait import portrait
    from kg.questions.lookup import find

    store = run.store()
    thing = find(store, name, document=_iri(store, document, "document"))
    drawn = portrait(store, thing)
    click.echo(drawn.to_json() if form == "json" else drawn.in_words(run.settings.lang))


@click.command()
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file: .html for a page that needs nothing else, .json, or .graphml for Gephi and Cytoscape.",
)
@click.option(
    "--of",
    "subject",
    type=click.Choice(("tasks", "organizations")),
    default="tasks",
    show_default=True,
    help="Organisations with their tasks, or organisations that share tasks.",
)
@click.option("--campaigns", is_flag=True, help="Add the campaigns that tasks belong to.")
@click.option("--policies", is_flag=True, help="Add the policy documents that tasks cite.")
@_document
@store_options
@options("lang")
@click.pass_obj
def network(run: Context, *, output: Path, subject: str, campaigns: bool, policies: bool, document: str | None) -> None:
    """Write the responsibility network to a file that opens anywhere, without a connection.

    \b
    Examples:
      zeren network --output network.html
      zeren network --of organizations --output shared.graphml
    """
    write = _writers().get(output.suffix.lower())
    if write is None:
        raise click.BadParameter(f"{output}: the name must end in {', '.join(_writers())}", param_hint="--output")
    from kg.outputs.network import coownership_network, responsibility_network
    from kg.store.generations import write_whole

    store = run.store()
    within = _iri(store, document, "document")
    drawn = (
        coownership_network(store, document=within)
        if subject == "organizations"
        else responsibility_network(store, document=within, campaigns=campaigns, policies=policies)
    )
    try:
        write_whole(output, write(drawn, run.settings.lang).encode())
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror}") from None
    click.echo(f"{output}: {drawn.number_of_nodes()} nodes, {drawn.number_of_edges()} edges", err=True)


def _iri(store: Store, name: str | None, kind: str, *, document: str | None = None) -> str | None:
    """Return the IRI of what a name means, None for no name."""
    if name is None:
        return None
    from kg.questions.lookup import find

    return find(store, name, kinds=(kind,), document=document).iri


def _print(rows: list[Row], question: str, form: str, language: str) -> None:
    from kg.outputs.table import rows_as
    from kg.outputs.wording import tasks_in_words
    from kg.questions.catalogue import catalogue

    if form != _TABLE:
        click.echo(rows_as(form, rows, catalogue().question(question)))
    elif rows:
        click.echo(tasks_in_words(rows, language))
    else:
        click.echo(
            "nobody: no statement names them together" if language == "en" else "没有：原文没有把它们写在同一责任语句中"
        )


def _writers() -> dict[str, Callable[[Any, str], str]]:
    """Return how each kind of file is written, by its suffix."""
    return {".html": _html, ".json": _json, ".graphml": _graphml}


def _html(drawn: Any, language: str) -> str:
    from kg.outputs.picture import to_html

    return to_html(drawn, language=language)


def _json(drawn: Any, _language: str) -> str:
    import json

    from kg.outputs.network import to_json

    return json.dumps(to_json(drawn), ensure_ascii=False, indent=1) + "\n"


def _graphml(drawn: Any, _language: str) -> str:
    from kg.outputs.network import to_graphml

    return to_graphml(drawn)
