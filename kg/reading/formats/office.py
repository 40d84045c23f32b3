"""Word 97-2003, WPS and RTF documents: turned into docx by LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from kg.reading.formats.extract import BrokenError

SECONDS = 60
_PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_BY_HAND = "open it in Word or WPS and save it as docx, or install LibreOffice and try again"


def docx_of(data: bytes) -> bytes:
    """Return a Word 97-2003, WPS or RTF document as docx; raises BrokenError where LibreOffice is missing or fails."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise BrokenError(f"is a Word 97-2003, WPS or RTF document, which only LibreOffice can convert; {_BY_HAND}")
    with tempfile.TemporaryDirectory(prefix="zeren-") as folder:
        source = Path(folder) / "document.doc"
        source.write_bytes(data)
        try:
            _convert(program, Path(folder), source)
        except subprocess.TimeoutExpired as error:
            raise BrokenError(f"LibreOffice took longer than {SECONDS} s to convert it; {_BY_HAND}") from error
        except OSError as error:
            raise BrokenError(f"LibreOffice cannot be started ({error}); {_BY_HAND}") from error
        made = Path(folder) / "made" / "document.docx"
        if not made.is_file():
            raise BrokenError(f"LibreOffice cannot convert it: the file is damaged or protected; {_BY_HAND}")
        return made.read_bytes()


def _convert(program: str, folder: Path, source: Path) -> None:
    # A profile of its own: a running LibreOffice would take the order over and answer at once, with nothing made.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    order = [program, profile, "--headless", "--norestore", "--convert-to", "docx", "--outdir", str(folder / "made")]
    process = subprocess.Popen(
        [*order, str(source)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what was started, with the processes it started itself."""
    import os
    import signal
    from contextlib import suppress

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
