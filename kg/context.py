"""What every command shares: its settings as options, and the store, built if there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import StoreError
from kg.settings import BY_NAME, MEBIBYTE, Setting, Settings
from kg.store.address import is_address

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Store
    from kg.store.client import KeeperStore
    from kg.store.home import Home
    from kg.store.reach import Reach
    from kg.store.remote import RemoteStore

Command = TypeVar("Command", bound=Callable[..., Any])


class Context:
    """The run of one command: its settings, and what must be ended with it."""

    def __init__(self) -> None:
        self._given: dict[str, object] = {}
        self._open = ExitStack()

    @property
    def settings(self) -> Settings:
        """The settings as given by options and environment."""
        return Settings.of(self._given)

    def set(self, name: str, value: object) -> None:
        """Record the value of one setting."""
        self._given[name] = value

    def quads(self) -> ox.Store:
        """Return the quads themselves, for reading only; built where there are none."""
        from kg.store.generations import Generations
        from kg.store.memory import opened
        from kg.store.service import Service

        current, home = self._current(), self._home()
        if isinstance(home, Generations):
            return opened(home, current)
        quads = home.open(current)
        if isinstance(home, Service):
            quads.extend(home.own.quads())
        return quads

    def store(self) -> Store:
        """Return the store for our own questions, asked in this process; built where there is none."""
        from kg.store.engine import Engine

        current = self._current()
        if is_address(self.settings.store):
            return self._remote()
        return Engine(self.quads(), self._home().version(current))

    def kept_store(self, meanwhile: Callable[[], None] = lambda: None) -> KeeperStore | RemoteStore:
        """Return the store for anybody's queries, asked in processes that can be killed; built where there is none.

        `meanwhile` is called while these start, where there are any.
        """
        if is_address(self.settings.store):
            self._current()
            return self._remote()
        from kg.store.client import kept
        from kg.store.limits import Limits

        self._current()
        settings = self.settings
        memory, result, hold = (
            mebibytes * MEBIBYTE for mebibytes in (settings.memory_limit, settings.result_limit, settings.buffer_limit)
        )
        limits = Limits(settings.time_limit, memory, result, hold, settings.row_limit)
        counting = settings.access_log is not None  # the log is who wants to know
        return self._open.enter_context(
            kept(
                Path(settings.store),
                workers=settings.workers,
                limits=limits,
                counting=counting,
                reach=self._reach(),
                meanwhile=meanwhile,
            )
        )

    def document(self, name: str) -> tuple[str, str]:
        """Return the two graphs, stated and inferred, of the document that bears `name` or has it in its title.

        Raises NotFoundError or AmbiguousError.
        """
        from kg.graph.iris import inferred
        from kg.questions.lookup import find

        iri = str(find(self.store(), name, kinds=("document",)).iri)
        return iri, inferred(iri)

    def _remote(self) -> RemoteStore:
        from kg.store.address import Address
        from kg.store.remote import RemoteStore

        settings = self.settings
        address = Address.parse(str(settings.store))
        max_bytes = settings.result_limit * MEBIBYTE
        return RemoteStore(
            address,
            settings.base,
            seconds=settings.time_limit,
            max_bytes=max_bytes,
            max_rows=settings.row_limit,
            reach=self._reach(),
        )

    def _reach(self) -> Reach:
        from kg.store.hosts import Hosts
        from kg.store.reach import Reach

        settings = self.settings
        try:
            hosts = Hosts.of(settings.allow_host)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        return Reach(hosts, settings.time_limit, settings.buffer_limit * MEBIBYTE)

    def _home(self) -> Home:
        from kg.store.home import home

        return home(self.settings.store, self.settings.base)

    def _current(self) -> str:
        """Return the generation that counts, built from the documents where there is none (and say so on stderr)."""
        current = self._home().current()
        if current is not None:
            return current
        from kg.corpus import build, documents

        settings = self.settings
        click.echo(f"{settings.store}: no store yet, building it from {settings.documents}", err=True)
        report = build(documents([settings.documents]), settings)
        for _, error in report.failed:
            click.echo(f"left out: {error}", err=True)
        click.echo(f"{settings.store}: {len(report.built)} document(s), {report.quads:,} quads", err=True)
        return report.generation

    def close(self) -> None:
        """End whatever this run started."""
        self._open.close()


def write_out(output: Path, content: bytes) -> bool:
    """Write to a file, whole or not at all, or to standard output for `-`; tell whether it was a file.

    Raises StoreError if the file cannot be written.
    """
    from kg.store.generations import write_whole

    if str(output) == "-":
        sys.stdout.buffer.write(content)
        return False
    try:
        write_whole(output, content)
    except OSError as error:
        raise StoreError(f"{output}: cannot be written: {error.strerror}") from None
    return True


def options(*names: str) -> Callable[[Command], Command]:
    """Give a command the options of these settings; their values go to the context, not to the function."""

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            command = _option(BY_NAME[name])(command)
        return command

    return decorate


def store_options(command: Command) -> Command:
    """Give a command the options that a store needs: where it is, and what it is built from if it is not."""
    return options("store", "documents", "reviews", "base", "reasoner", "alignment")(command)


# Its default is a path of this installation, which the help text describes better than a path would.
_UNSHOWN = {"documents", "reviews"}


def _option(setting: Setting) -> Callable[[Command], Command]:
    def keep(context: click.Context, _: click.Parameter, value: object) -> None:
        context.ensure_object(Context).set(setting.name, value)

    shown: dict[str, Any] = {"is_flag": True} if isinstance(setting.default, bool) else {"type": _type(setting)}
    shown |= {"multiple": True} if isinstance(setting.default, tuple) else {}
    return click.option(
        setting.option or f"--{setting.name}",
        cls=_FromEnvironment if setting.secret else None,
        default=setting.default,
        envvar=setting.variable,
        show_envvar=True,
        show_default=setting.name not in _UNSHOWN,
        help=setting.help,
        expose_value=False,
        callback=keep,
        **shown,
    )


class _FromEnvironment(click.Option):
    """A setting that no command line takes; the help says so."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Add nothing."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:  # noqa: ARG002 - click's
        """Return the variable where others have their option."""
        return str(self.envvar), f"{self.help}  [environment only]"


class FilePath(click.Path):
    """A file or folder that is named: `zeren read "$UNSET"` must not read the folder one happens to be in."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(path_type=Path, allow_dash=allow_dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name of a file is empty", param, ctx)
        return super().convert(value, param, ctx)


class _Place(click.Path):
    """A folder; for a store also the address of a service, which a path would not leave as it is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if is_address(value) else super().convert(value, param, ctx)


def _type(setting: Setting) -> Any:
    if setting.file:
        return click.Path(path_type=Path, dir_okay=False)
    if setting.choices:
        return click.Choice(setting.choices)
    if isinstance(setting.default, Path):
        return _Place(path_type=Path, file_okay=False)
    if isinstance(setting.default, float):
        return click.FloatRange(setting.minimum, setting.maximum)
    if isinstance(setting.default, int):
        low, high = (None if bound is None else int(bound) for bound in (setting.minimum, setting.maximum))
        return click.IntRange(low, high)
    return str
