"""Who may write: nobody, unless a token was set, and then whoever sends it (RFC 6750)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from kg.store import ChangingStore

if TYPE_CHECKING:
    from kg.store import Store

_BEARER = WWWAuthenticate("bearer", {"realm": "zeren"})
_SCHEME = "bearer "


def largest_body(config: Mapping[str, Any], authorization: str | None) -> int:
    """Return how many bytes a request may have: many only from who may write."""
    token = config["WRITE_TOKEN"]
    writes = token and _has(token, authorization)
    return int(max(config["MAX_CONTENT_LENGTH"], config["REQUEST_LIMIT"]) if writes else config["REQUEST_LIMIT"])


def permit(store: Store, token: str | None, authorization: str | None) -> ChangingStore:
    """Return the store for a change, if the Authorization header has the token; Forbidden or Unauthorized if not."""
    if not token or not isinstance(store, ChangingStore):
        raise Forbidden("this service is read-only: it answers queries and takes no changes")
    if not _has(token, authorization):
        raise Unauthorized("a change needs the header `Authorization: Bearer TOKEN`", www_authenticate=_BEARER)
    return store


def _has(token: str, authorization: str | None) -> bool:
    given = authorization or ""
    sent = given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
    return hmac.compare_digest(sent.encode(), token.encode())
