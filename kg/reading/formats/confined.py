"""Reading a format in a process of its own, so that no document can hang a batch, take its memory or end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from kg.errors import ReadingError
from kg.reading.formats.extract import BrokenError, Extract
from kg.reading.formats.office import docx_of

SECONDS = 60.0
MEMORY = 1536 * 1024 * 1024


def confined(data: bytes, name: str, kind: str, *, seconds: float = SECONDS, memory: int = MEMORY) -> Extract:
    """Return the text of a document in format `kind`, read within `seconds` and `memory` bytes.

    Raises ReadingError naming the file: what is wrong with it, or which limit it went over.
    """
    try:
        if kind == "doc":
            data, kind = docx_of(data), "docx"
        return _answer(data, kind, seconds, memory)
    except BrokenError as error:
        raise ReadingError(f"{name}: {error}") from error


def _answer(data: bytes, kind: str, seconds: float, memory: int) -> Extract:
    limits = [kind, str(memory), str(int(seconds) + 1)]
    # The reading process finds the program where this one did, whatever folder it was started in.
    path = os.pathsep.join(folder for folder in sys.path if folder)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.reading.formats.child", *limits],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"},
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenError(f"took longer than {seconds:g} s to read; split it, or save it as plain text") from error
    except OSError as error:
        raise BrokenError(f"the process that reads {kind} cannot be started ({error.strerror})") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise BrokenError(_ended(done.returncode, memory)) from None
    if "text" in answer:
        return Extract(str(answer["text"]), tuple(answer["pictures"]))
    raise BrokenError(_too_much(memory) if answer.get("memory") else str(answer["broken"]))


def _ended(code: int, memory: int) -> str:
    if code < 0:
        return f"the process that read it ended by signal {-code}: the file is damaged; open it and save it again"
    return f"{_too_much(memory)} (the process that read it ended with {code})"


def _too_much(memory: int) -> str:
    return f"needs more than {memory // 2**20:,} MiB of memory to read; split it, or save it as plain text"
