"""The command `zeren serve`."""

from __future__ import annotations

import click

from kg.context import Context, options, store_options


@click.command()
@store_options
@options(
    "host",
    "port",
    "time_limit",
    "memory_limit",
    "result_limit",
    "row_limit",
    "buffer_limit",
    "workers",
    "default_graph",
    "write_token_file",
    "write_token",
)
@options("cache", "client_limit", "queue_limit", "request_limit", "change_limit")
@options("allow_origin", "allow_host", "access_log")
@click.option(
    "--open/--no-open", "show", default=False, help="Open the address in the browser, where there is a screen."
)
@click.pass_obj
def serve(run: Context, *, show: bool) -> None:
    """Serve the pages and the SPARQL endpoint, on this machine.

    Builds the store first where there is none. Ctrl-C ends it.

    \b
    Examples:
      zeren serve
      zeren serve --port 9000 --store plans.zeren
    """
    from web.server import serve_store

    serve_store(run, show=show)
