"""The command that measures: how well reading agrees with documents that people have annotated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.evaluation import Evaluation, Score

_NAME = 24  # columns of the table that a document's name takes


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="GOLD.json...",
)
@click.option(
    "--verbose", "-v", is_flag=True, help="Every difference: - expected and not found, + found and not expected."
)
def evaluate(files: tuple[Path, ...], verbose: bool) -> None:
    """Compare reading with annotation, kind by kind.

    GOLD.json annotates the .txt beside it (docs/annotation.md). Prints precision,
    recall and F1 of statements, (name, role) pairs, policies, campaigns, targets
    and dates, for each document and for all together.

    \b
    Examples:
      zeren evaluate gold/*.json
      zeren evaluate -v gold/plan.json
    """
    from kg.evaluation import KINDS, evaluate_file, total

    click.echo(" " * _NAME + "".join(f"{kind:>20}" for kind in KINDS))
    click.echo(" " * _NAME + f"{'P     R     F1':>20}" * len(KINDS))
    evaluations = []
    for path in files:
        evaluation = evaluate_file(path)
        evaluations.append(evaluation)
        click.echo(_row(evaluation.name, evaluation.scores))
        if verbose:
            _differences(evaluation)
    if len(files) > 1:
        click.echo(_row("all", total(evaluations)))


def _differences(evaluation: Evaluation) -> None:
    for difference in evaluation.differences:
        click.echo(f"    {'-' if difference.missed else '+'} {difference.kind}: {' '.join(difference.text.split())}")


def _row(name: str, scores: dict[str, Score]) -> str:
    cells = (f"{_figure(s.precision)} {_figure(s.recall)} {_figure(s.f1)}" for s in scores.values())
    return name[:_NAME].ljust(_NAME) + "".join(f"{cell:>20}" for cell in cells)


def _figure(value: float | None) -> str:
    return "  -  " if value is None else f"{value:.3f}"
