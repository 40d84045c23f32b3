"""The commands that make: read a document, build the store, validate what it holds, export it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from kg.context import Context, FilePath, options, store_options, write_out
from kg.errors import ReadingError
from kg.store.formats import GRAPH_FORMATS

if TYPE_CHECKING:
    from kg.graph import ValidationResult
    from kg.plan import Plan

STDIN = Path("-")


@click.command()
@click.argument("files", nargs=-1, required=True, type=FilePath(allow_dash=True), metavar="FILE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="An outline for people, or the plan as JSON (JSON Lines for several documents).",
)
@options("reviews")
@click.pass_context
def read(context: click.Context, files: tuple[Path, ...], form: str) -> None:
    """Read plans and print what they say.

    FILE is txt, md, html, docx, pdf or ofd (doc and wps where LibreOffice is
    installed), a folder, a pattern ("plans/**/*.pdf"), or - for standard input.

    \b
    Examples:
      zeren read plan.docx
      zeren read --format json plan.txt | jq '.tasks[] | {code, mode}'
      cat plan.txt | zeren read -
    """
    found = list(_each(files))
    several = len(found) > 1
    failed = done = 0
    for path in found:
        try:
            plan = _plan(path, context.obj.settings.reviews)
        except ReadingError as error:
            click.echo(f"zeren: {error}", err=True)
            failed += 1
            continue
        if form == "json":
            click.echo(json.dumps(plan.to_json(), ensure_ascii=False, indent=None if several else 1))
        else:
            click.echo(_outline(plan, first=not done))
        done += 1
    if not failed + done:
        raise ReadingError(f"{', '.join(map(str, files))}: no document here")
    if failed:
        context.exit(ReadingError.exit_code)


@click.command()
@click.argument("files", nargs=-1, type=FilePath(), metavar="[FILE...]")
@store_options
@click.pass_obj
def build(run: Context, files: tuple[Path, ...]) -> None:
    """Build the store from documents, inferences included.

    Without FILE, from those in --documents. A document that cannot be read
    is named and left out; if none can, the store stays as it was.

    \b
    Examples:
      zeren build
      zeren build plans/ more/plan.txt --store plans.zeren
    """
    from kg import corpus

    found = list(corpus.documents(files or [run.settings.documents]))
    with _Progress(len(found)) as step:
        report = corpus.build(found, run.settings, on_document=step)
    for _, error in report.failed:
        click.echo(f"left out: {error}", err=True)
    for document in report.built:
        sizes = ", ".join(f"{number} {what}" for what, number in document.sizes.items())
        click.echo(f"{document.title}{f'（{document.status}）' if document.status else ''}: {sizes}")
        if document.results.get("violation"):
            click.echo(f"  {document.results['violation']} wrong: zeren validate says what", err=True)
    click.echo(f"{run.settings.store}: {len(report.built)} document(s), {report.quads:,} quads")
    if report.failed:
        click.get_current_context().exit(ReadingError.exit_code)


@click.command()
@click.argument("files", nargs=-1, type=FilePath(), metavar="[FILE...]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="By kind for people, or every result as JSON or CSV.",
)
@click.option("--verbose", "-v", is_flag=True, help="Every result, with its passage.")
@store_options
@options("lang")
@click.pass_context
def validate(context: click.Context, files: tuple[Path, ...], form: str, *, verbose: bool) -> None:
    """Check documents against the SHACL shapes.

    Says in words what is wrong or doubtful, and in which passage; and by kind, what
    the text does not say. Without FILE, of what the store holds. Ends with 1 if
    anything is wrong; doubts and gaps are only reported.

    \b
    Examples:
      zeren validate
      zeren validate plan.txt --lang en --verbose
      zeren validate --format csv > checks.csv
    """
    from kg.graph.reporting import as_csv, as_json, text

    run: Context = context.obj
    checked = list(_validated(run, files))
    if form == "json":
        click.echo(as_json(checked))
    elif form == "csv":
        click.echo(as_csv(checked, run.settings.lang), nl=False)
    else:
        for title, results in checked:
            click.echo(text(title, results, run.settings.lang, every=verbose))
    if any(result.severity == "violation" for _, results in checked for result in results):
        context.exit(1)


@click.command()
@click.option(
    "--format", "form", type=click.Choice(GRAPH_FORMATS), default="nquads", show_default=True, help="RDF format."
)
@click.option("--document", help="One document only: its title, or a part of it.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=STDIN,
    help="A file, written whole or not at all; - is standard output.",
)
@store_options
@click.pass_obj
def export(run: Context, form: str, document: str | None, output: Path) -> None:
    """Print the store as RDF.

    Always in the same order: the same documents give the same bytes. Formats
    without graphs (turtle, ntriples, rdfxml) hold the union of stated and inferred.

    \b
    Examples:
      zeren export --format nquads > plan.nq
      zeren export --format turtle --document 鲅鱼圈 -o plan.ttl
    """
    from kg.outputs.rdf import serialize
    from kg.resources import prefixes

    graphs = None if document is None else run.document(document)
    write_out(output, serialize(run.quads(), form, graphs, prefixes()))


def _each(files: Iterable[Path]) -> Iterator[Path]:
    from kg.corpus import documents

    for path in files:
        yield from [path] if path == STDIN else documents([path])


def _plan(path: Path, reviews: Path) -> Plan:
    from kg.reading import read_bytes, read_file
    from kg.reading.source import MAX_BYTES

    if path == STDIN:
        return read_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input", reviews)
    return read_file(path, reviews)


def _outline(plan: Plan, *, first: bool) -> str:
    from kg.reading import outline_text

    return outline_text(plan) if first else f"\n{outline_text(plan)}"


class _Progress:
    """A bar on stderr while documents are read; silent where stderr is not a terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._begun = 0

    def __enter__(self) -> Self:
        self._bar = click.progressbar(
            length=self._total, label="reading", file=sys.stderr, hidden=not sys.stderr.isatty()
        )
        self._bar.__enter__()
        return self

    def __call__(self, path: Path) -> None:
        if self._begun:
            self._bar.update(1)
        self._begun += 1
        self._bar.label = path.name

    def __exit__(self, *_: object) -> None:
        self._bar.update(1)
        self._bar.render_finish()


def _validated(run: Context, files: tuple[Path, ...]) -> Iterator[tuple[str, tuple[ValidationResult, ...]]]:
    from rdflib import Graph

    from kg import corpus
    from kg.graph.triples import stated_graph
    from kg.graph.validation import validate
    from kg.questions.catalogue import run as ask

    for path in corpus.documents(files):
        plan = _plan(path, run.settings.reviews)
        yield plan.title, validate(stated_graph(plan, base=run.settings.base))
    if files:
        return
    store = run.store()
    for row in ask(store, "documents"):
        everything = store.answer(
            "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
            media_types=("application/n-triples",),
            graphs=(str(row["document"]),),
        )
        yield str(row["documentLabel"]), validate(Graph().parse(data=everything.body, format="nt"))
