"""The facts of one thing for programs, and the address of a thing that leads people and programs apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, redirect, request

from web.i18n import to

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

def show(path: str) -> Response:
    return Response("")


def dereference(path: str) -> Redirect:
    return redirect(to("thing", path=path), 303)
