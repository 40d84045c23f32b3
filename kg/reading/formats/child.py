"""The process that reads one document: bytes on standard input, `{"text"}` or `{"broken"}` as JSON on standard output.

Started by kg.reading.formats.confined with the format, the bytes of memory and the seconds that it may use.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Read one document within limits, and say what came of it."""
    kind, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _limit(memory, seconds)
    out = sys.stdout.buffer
    # What a library prints must not come between the answer and who waits for it.
    sys.stdout = sys.stderr
    try:
        answer = _read(kind, sys.stdin.buffer.read())
    except MemoryError:
        answer = {"memory": True}
    out.write(json.dumps(answer, ensure_ascii=False).encode())
    out.flush()


def _read(kind: str, data: bytes) -> dict[str, object]:
    from kg.reading.formats.extract import BrokenError
    from kg.reading.formats.extraction import extracted

    try:
        found = extracted(data, kind)
    except BrokenError as error:
        return {"broken": str(error)}
    return {"text": found.text, "pictures": found.pictures}


def _limit(memory: int, seconds: int) -> None:
    """Bound memory, time and files of this process, as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit of the waiting process holds there too
        return
    wanted = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    )
    for limit, value in wanted:
        _, hard = resource.getrlimit(limit)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(limit, (bound, hard))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


if __name__ == "__main__":
    main()
