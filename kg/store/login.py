"""Who asks, as a service wants to be told: nothing until it asks, then Basic (RFC 7617) or Digest (RFC 7616)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgr, Request, parse_http_list, parse_keqv_list


@dataclass(slots=True)
class Login:
    """One user at one URL; `wanted` is what the service asked for last."""

    url: str
    user: str
    password: str
    wanted: dict[str, str] | None = None
    _digest: AbstractDigestAuthHandler = field(default_factory=AbstractDigestAuthHandler)

    def heard(self, challenge: str) -> bool:
        """Keep the service's challenge (`WWW-Authenticate`); tell whether it is worth asking again because of it."""
        scheme, _, rest = challenge.partition(" ")
        if scheme.lower() == "digest":
            before = (self.wanted or {}).get("nonce")
            self.wanted = parse_keqv_list(parse_http_list(rest))
            self._digest = AbstractDigestAuthHandler(self._known(self.wanted.get("realm", "")))
            return self.wanted.get("stale", "").lower() == "true" or before is None
        first = self.wanted is None
        self.wanted = {}
        return scheme.lower() == "basic" and first

    def header(self, method: str, target: str) -> dict[str, str]:
        """Return the header that says who asks, empty until the service has asked for one."""
        if self.wanted is None:
            return {}
        if not self.wanted:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
            return {"Authorization": f"Basic {pair}"}
        parts = urlsplit(self.url)
        request = Request(f"{parts.scheme}://{parts.netloc}{target}", method=method)  # noqa: S310 - never opened
        return {"Authorization": f"Digest {self._digest.get_authorization(request, self.wanted)}"}

    def _known(self, realm: str) -> HTTPPasswordMgr:
        known = HTTPPasswordMgr()
        known.add_password(realm, self.url, self.user, self.password)
        return known
