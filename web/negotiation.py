"""What programs send and want: parameters decoded exactly once, media types and codings in order of preference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest
from werkzeug.http import parse_accept_header

from kg.store.formats import DEFAULT_MEDIA_TYPES, FORMATS, Format

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 1000
# `json` and `xml` are for rows, but whoever asks for a graph by these names can have it so too.
_NAMED = {f.name: (f.media_type, *f.also) for f in FORMATS} | {f.media_type: (f.media_type,) for f in FORMATS}
_NAMED |= {"json-ld": _NAMED["jsonld"], "rdf+xml": _NAMED["rdfxml"], "rdf": _NAMED["rdfxml"], "n3": _NAMED["turtle"]}
_NAMED |= {"ttl": _NAMED["turtle"], "nt": _NAMED["ntriples"], "nq": _NAMED["nquads"]}
_BY_PREFERENCE = sorted(FORMATS, key=lambda known: known.media_type not in DEFAULT_MEDIA_TYPES)
_SHOWN = 200  # characters of a header that nothing fits


class Parameters:
    """The parameters of a request, repeated ones included."""

    def __init__(self, query_string: bytes, form: bytes = b"") -> None:
        """Decode a query string and a form; BadRequest if one is damaged."""
        self._values: dict[str, list[str]] = {}
        if query_string:
            self._take(query_string, "the query string")
        if form:
            self._take(form, "the form")

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self._values.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def _take(self, encoded: bytes, what: str) -> None:
        # Strictly, and once: a damaged or twice-decoded IRI would be another IRI.
        if encoded.count(b"&") >= _MOST_PARAMETERS:
            raise BadRequest(f"{what} has more than {_MOST_PARAMETERS} parameters")
        try:
            for pair in encoded.split(b"&"):
                if pair:
                    name, _, value = pair.partition(b"=")
                    self._values.setdefault(_plain(name), []).append(_plain(value))
        except UnicodeDecodeError:
            raise BadRequest(f"{what} is not percent-encoded UTF-8") from None

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
        # SPARQLWrapper gives a name and then the media type; of what it gives, one that is known is enough. A plus that
        # was not encoded comes as a blank.
        named = tuple(media_type for name in formats for media_type in _NAMED.get(name.replace(" ", "+"), ()))
        if not named:
            names = ", ".join(f.name for f in FORMATS)
            raise BadRequest(f"no format is called {formats[0]!r}; there are {names}")
        return named
    return DEFAULT_MEDIA_TYPES if accept is None else _accepted(accept)


def content_type(media_type: str) -> str:
    """Return the Content-Type for a media type; text is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@dataclass(frozen=True, slots=True)
class _Range:
    """A media range of an Accept header: how much it is wanted, and its place in the header."""

    quality: float
    place: int


@lru_cache(maxsize=256)
def _accepted(accept: str) -> tuple[str, ...]:
    """Return the media types of known formats that are acceptable, best first; of equals the one named first.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
    """
    ranges = _ranges(accept)
    if not ranges:
        return DEFAULT_MEDIA_TYPES
    deciding = ((known.media_type, _deciding(known, ranges)) for known in _BY_PREFERENCE)
    found = [(media_type, decides) for media_type, decides in deciding if decides and decides.quality]
    found.sort(key=lambda one: (-one[1].quality, one[1].place))
    # None of these can be had; the store says so in words.
    return tuple(media_type for media_type, _ in found) or (accept[:_SHOWN],)


def _ranges(accept: str) -> dict[str, _Range]:
    ranges: dict[str, _Range] = {}
    plain = set()
    entries = parse_accept_header(accept)  # of `Accept`: `MIMEAccept` forgets the order of the header
    for place, (entry, quality) in enumerate(entries):
        name, _, parameters = (part.strip() for part in entry.lower().partition(";"))
        # One with parameters says something of a format too, unless the same without them does.
        if name not in ranges or (not parameters and name not in plain):
            ranges[name] = _Range(quality, place)
        if not parameters:
            plain.add(name)
    return ranges


def _deciding(known: Format, ranges: Mapping[str, _Range]) -> _Range | None:
    """Return the most specific range that a format is in: its name, another name of it, its kind, or any."""
    if known.media_type in ranges:
        return ranges[known.media_type]
    # Who does not want it by another name may still want it by its own.
    others = [ranges[name] for name in known.also if name in ranges and ranges[name].quality]
    if others:
        return max(others, key=lambda one: one.quality)
    return ranges.get(known.media_type.partition("/")[0] + "/*") or ranges.get("*/*")


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
