"""Parameters are decoded once, as the standard library decodes them, and what is no UTF-8 is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from web.negotiation import Parameters

SIGNS = "ab=&+%4cC\\xuN{}0 \n;é任"


@given(st.text(SIGNS).map(str.encode) | st.binary())
def test_forms_are_read_as_the_standard_library_reads_them(encoded: bytes) -> None:
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadRequest, match="UTF-8"):
            Parameters(encoded)
        return
    parameters = Parameters(encoded)
    for name in {name for name, _ in pairs}:
        assert name in parameters
        assert parameters.all(name) == [value for key, value in pairs if key == name]


def test_more_than_a_thousand_are_refused() -> None:
    with pytest.raises(BadRequest, match="1000"):
        Parameters(b"&".join([b"a=1"] * 1001))
    assert len(Parameters(b"a=1", b"&".join([b"a=%31"] * 1000)).all("a")) == 1001


def test_what_is_decoded_is_not_decoded_again() -> None:
    assert Parameters(b"query=%25E4%25BB%25BB+%5Cx41%5C%5C").one("query") == "%E4%BB%BB \\x41\\\\"
