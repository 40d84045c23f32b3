"""The command line: one thin command per stage of the way from a document to its answers; `-` is stdin or stdout.

Exit codes: 0 done; 1 the document or the data has faults; 2 wrong usage; 65 unreadable input; 66 nothing of that name;
70 a fault of ours; 74 the store; 75 a limit was reached; 130 ended by Ctrl-C.
"""

from __future__ import annotations

from typing import Any

import click

from kg import __version__
from kg.asking import coowners, network, show
from kg.changing import add, remove
from kg.context import Context
from kg.errors import ZerenError
from kg.evaluating import evaluate
from kg.explaining import explain
from kg.keeping import backup, check, restore
from kg.making import build, export, read, validate
from kg.querying import query
from kg.reviewing import review


class _Commands(click.Group):
    """Turns our errors into a sentence on stderr and an exit code; finds the commands of other packages."""

    def invoke(self, ctx: click.Context) -> Any:
        run = ctx.ensure_object(Context)
        try:
            return super().invoke(ctx)
        except ZerenError as error:
            _say(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(130)
        finally:
            run.close()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [*self.commands, *sorted(point.name for point in _added())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = super().get_command(ctx, cmd_name)
        if known:
            return known
        found = [point for point in _added() if point.name == cmd_name]
        return found[0].load() if found else None


def _say(error: ZerenError) -> None:
    click.echo(f"zeren: {error}", err=True)
    for name in getattr(error, "candidates", ()) or getattr(error, "nearest", ()):
        click.echo(f"  {name}", err=True)


def _added() -> tuple[Any, ...]:
    from importlib.metadata import entry_points  # half as long as all else here

    return tuple(entry_points(group="zeren.commands"))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Examples: zeren read plan.txt · zeren coowners 20.1 · zeren serve",
)
@click.version_option(__version__, prog_name="zeren")
def main() -> None:
    """责任图谱: read a government work plan, and ask who is responsible for what, with whom, and where it says so.

    \b
    zeren read FILE        what a plan says, as an outline or JSON
    zeren coowners 20.1    who shares a task, in what role, in which sentence
    zeren serve            the same in the browser, with a SPARQL endpoint
    """


# In the order in which a newcomer meets them.
_READING = (read, review, evaluate)
_KEEPING = (build, add, remove, validate, export, backup, restore, check)
_ASKING = (query, coowners, show, explain, network)
for _command in (*_READING, *_KEEPING, *_ASKING):
    main.add_command(_command)

if __name__ == "__main__":
    main()
