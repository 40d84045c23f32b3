"""What programs send and want: parameters decoded exactly once, media types and codings in order of preference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadRequest
from werkzeug.http import parse_accept_header

from kg.store.formats import DEFAULT_MEDIA_TYPES, FORMATS

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 1000
# `json` and `xml` are for rows, but whoever asks for a graph by these names can have it so too.
_NAMED = {f.name: (f.media_type, *f.also) for f in FORMATS} | {f.media_type: (f.media_type,) for f in FORMATS}
_NAMED |= {"json-ld": _NAMED["jsonld"], "rdf+xml": _NAMED["rdfxml"], "rdf": _NAMED["rdfxml"], "n3": _NAMED["turtle"]}


class Parameters:
    """The parameters of a request, repeated ones included."""

    def __init__(self, query_string: bytes, form: bytes = b"") -> None:
        """Decode a query string and a form; BadRequest if one is damaged."""
        self._values: dict[str, list[str]] = {}
        for encoded, what in ((query_string, "the query string"), (form, "the form")):
            for name, value in _decoded(encoded, what):
                self._values.setdefault(name, []).append(value)

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self._values.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str) -> str:
        """Return the value of a parameter; BadRequest unless there is exactly one."""
        values = self.all(name)
        if len(values) != 1:
            raise BadRequest(f"there must be exactly one parameter `{name}`" + (", not several" if values else ""))
        return values[0]


def utf8(body: bytes, what: str) -> str:
    """Return a request's body as text; BadRequest if it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{what} is not UTF-8: byte {error.start} cannot be read") from None


def wanted_media_types(accept: str | None, formats: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the media types wanted, best first: those that `formats` name, else those of an Accept header."""
    if formats:
        # SPARQLWrapper gives a name and then the media type; of what it gives, one that is known is enough.
        named = tuple(media_type for name in formats for media_type in _NAMED.get(name, ()))
        if not named:
            names = ", ".join(f.name for f in FORMATS)
            raise BadRequest(f"no format is called {formats[0]!r}; there are {names}")
        return named
    return DEFAULT_MEDIA_TYPES if accept is None else _accepted(accept)


def content_type(media_type: str) -> str:
    """Return the Content-Type for a media type; text is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@lru_cache(maxsize=256)
def _accepted(accept: str) -> tuple[str, ...]:
    wanted = sorted(parse_accept_header(accept, MIMEAccept), key=lambda entry: -entry[1])
    return tuple(media_type for entry, quality in wanted if quality > 0 for media_type in _expanded(entry.lower()))


def _expanded(wanted: str) -> tuple[str, ...]:
    wanted = wanted.partition(";")[0].strip()
    if wanted == "*/*":
        return DEFAULT_MEDIA_TYPES
    if wanted.endswith("/*"):
        return tuple(f.media_type for f in FORMATS if f.media_type.startswith(wanted[:-1]))
    return (wanted,)


def _decoded(encoded: bytes, what: str) -> Iterator[tuple[str, str]]:
    # Strictly, and once: a damaged or twice-decoded IRI would be another IRI.
    if encoded.count(b"&") >= _MOST_PARAMETERS:
        raise BadRequest(f"{what} has more than {_MOST_PARAMETERS} parameters")
    try:
        for pair in encoded.split(b"&"):
            if pair:
                name, _, value = pair.partition(b"=")
                yield _plain(name), _plain(value)
    except UnicodeDecodeError:
        raise BadRequest(f"{what} is not percent-encoded UTF-8") from None


def _plain(encoded: bytes) -> str:
    """Return a name or value of a form decoded (https://url.spec.whatwg.org/#urlencoded-parsing).

    UnicodeDecodeError if it is not UTF-8 in ASCII.
    """
    spaced = encoded.replace(b"+", b" ")
    text = spaced.decode("ascii")
    if "%" not in text:
        return text
    try:
        # A codec in C reads `\xe4` as fast as it comes; urllib takes signs apart one by one, and a query has many.
        octets = spaced.replace(b"\\", b"\\\\").replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")
    except UnicodeDecodeError:
        octets = unquote_to_bytes(spaced)  # a `%` that begins no octet stands for itself
    return octets.decode("utf-8")
