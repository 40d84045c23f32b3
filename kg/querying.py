"""The command that asks in SPARQL: anybody's query, in a process that can be stopped."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.context import Context, options, store_options
from kg.store.formats import GRAPH_FORMATS, ROW_FORMATS

TABLE = "table"


@click.command()
@click.argument("sparql", required=False, metavar="[QUERY]")
@click.option(
    "--file",
    "-f",
    type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
    help="Take the query from a file; - is standard input.",
)
@click.option("--document", help="Ask one document only: its title, or a part of it.")
@click.option(
    "--format",
    "form",
    type=click.Choice((TABLE, *ROW_FORMATS, *GRAPH_FORMATS)),
    help="For rows table (the default), json, xml, csv or tsv; for graphs turtle (the default) or another RDF format.",
)
@store_options
@options("time_limit", "memory_limit", "result_limit", "row_limit", "buffer_limit", "allow_host")
@click.pass_obj
def query(run: Context, sparql: str | None, file: Path | None, document: str | None, form: str | None) -> None:
    """Run a SPARQL 1.1 query, over all documents or one.

    QUERY is the query itself; without it, --file or standard input is read. The usual prefixes (zr, skos, dcterms …)
    need not be declared.

    \b
    Examples:
      zeren query 'SELECT ?code { ?task zr:mode zr:Led ; zr:code ?code }'
      zeren query -f question.rq --format csv > answer.csv
      echo 'DESCRIBE <https://w3id.org/zeren/id/place/210804>' | zeren query --format turtle
    """
    from kg.resources import prefixes

    text = _text(sparql, file)
    store = run.kept_store()
    answer = store.answer(text, media_types=_media_types(form), graphs=_graphs(run, document), prefixes=prefixes())
    if form in (None, TABLE) and answer.media_type == "application/sparql-results+json":
        from kg.outputs.table import from_results

        click.echo(from_results(answer.whole()))
    else:
        sys.stdout.buffer.write(answer.body)
        for piece in answer.more or ():
            sys.stdout.buffer.write(piece)


def _text(sparql: str | None, file: Path | None) -> str:
    if sparql is not None and file is not None:
        raise click.UsageError("give the query as an argument or with --file, not both")
    if sparql not in (None, "-"):
        return str(sparql)
    if file is not None and str(file) != "-":
        content = file.read_bytes()
    elif sys.stdin.isatty():
        raise click.UsageError("no query: give it as an argument, with --file, or on standard input")
    else:
        content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"the query is not UTF-8 (byte {error.start})") from None


def _media_types(form: str | None) -> tuple[str, ...]:
    from kg.store.formats import DEFAULT_MEDIA_TYPES, by_name

    if form is None:
        return DEFAULT_MEDIA_TYPES
    return ("application/sparql-results+json",) if form == TABLE else (by_name(form).media_type,)


def _graphs(run: Context, document: str | None) -> tuple[str, ...] | None:
    if document is None:
        return None
    from kg.graph.iris import SHARED_GRAPHS, Iris

    names = Iris(run.settings.base)
    return (*run.document(document), *(names.graph(shared) for shared in SHARED_GRAPHS))
