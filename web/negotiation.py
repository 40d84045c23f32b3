"""What programs send and want: parameters decoded exactly once, media types in order of preference."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest

from kg.store.formats import DEFAULT_MEDIA_TYPES, FORMATS, by_name

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 1000


class Parameters:
    """The parameters of a request, repeated ones included."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    @classmethod
    def of_request(cls) -> Parameters:
        """Return those of the query string and, for a form, of the body. BadRequest if they are damaged."""
        pairs = _decoded(request.query_string, "the query string")
        if request.method == "POST" and request.mimetype == FORM:
            pairs += _decoded(request.get_data(), "the form")
        return cls(pairs)

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return [value for key, value in self._pairs if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self._pairs)

    def one(self, name: str) -> str:
        """Return the value of a parameter; BadRequest unless there is exactly one."""
        values = self.all(name)
        if len(values) != 1:
            raise BadRequest(f"there must be exactly one parameter `{name}`" + (", not several" if values else ""))
        return values[0]


def body_text(what: str) -> str:
    """Return the request's body as text; BadRequest if it is not UTF-8."""
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{what} is not UTF-8: byte {error.start} cannot be read") from None


def wanted_media_types(formats: list[str]) -> list[str]:
    """Return the media types wanted, best first: those that `formats` name, else those of the Accept header."""
    if formats:
        try:
            return [by_name(name).media_type for name in formats]
        except KeyError:
            names = ", ".join(f.name for f in FORMATS)
            raise BadRequest(f"no format is called {formats[0]!r}; there are {names}") from None
    if "Accept" not in request.headers:
        return list(DEFAULT_MEDIA_TYPES)
    accepted = sorted(request.accept_mimetypes, key=lambda wanted: -wanted[1])
    return [media_type for wanted, quality in accepted if quality > 0 for media_type in _expanded(wanted.lower())]


def content_type(media_type: str) -> str:
    """Return the Content-Type for a media type; text is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _decoded(encoded: bytes, what: str) -> list[tuple[str, str]]:
    # Strictly, and once: a damaged or twice-decoded IRI would be another IRI.
    try:
        text = encoded.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise BadRequest(f"{what} is not percent-encoded UTF-8") from None
    except ValueError:
        raise BadRequest(f"{what} has more than {_MOST_PARAMETERS} parameters") from None


def _expanded(wanted: str) -> list[str]:
    wanted = wanted.partition(";")[0].strip()
    if wanted == "*/*":
        return list(DEFAULT_MEDIA_TYPES)
    if wanted.endswith("/*"):
        return [f.media_type for f in FORMATS if f.media_type.startswith(wanted[:-1])]
    return [wanted]
