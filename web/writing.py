"""Who may write: nobody, unless a token was set, and then whoever sends it (RFC 6750)."""

from __future__ import annotations

import hmac

from flask import current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from kg.store.client import KeeperStore
from kg.store.writing import Change


def change(asked: Change, body: bytes = b"") -> bool:
    """Make a change if the request may; tell whether a graph was created. Forbidden or Unauthorized if it may not."""
    _check()
    store = current_app.extensions["zeren"]
    if not isinstance(store, KeeperStore):
        raise Forbidden("this store is read-only")
    return store.change(asked, body)


def _check() -> None:
    token = current_app.config["WRITE_TOKEN"]
    if not token:
        raise Forbidden("this service is read-only: it answers queries and takes no changes")
    given = request.authorization
    sent = given.token if given is not None and given.type == "bearer" else None
    if sent is None or not hmac.compare_digest(sent.encode(), token.encode()):
        raise Unauthorized("a change needs the header `Authorization: Bearer TOKEN`", www_authenticate=_BEARER)


_BEARER = WWWAuthenticate("bearer", {"realm": "zeren"})
