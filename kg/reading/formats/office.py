"""Word 97-2003, WPS, RTF and OpenDocument texts: turned into docx by LibreOffice, where it is installed.

LibreOffice is told to run no macro of theirs and to reach no other host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from kg.reading.formats.extract import BrokenError

TITLE = "Word 97-2003, WPS, RTF or OpenDocument text"
SECONDS = 60
_PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_MEMORY = 4 * 1024**3
_LARGEST_FILE = 256 * 1024**2
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
)
_BY_HAND = "open it in Word or WPS and save it as docx, or install LibreOffice and try again"


def docx_of(data: bytes) -> bytes:
    """Return such a document as docx; raises BrokenError where LibreOffice is missing or fails."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise BrokenError(f"is a {TITLE}, which only LibreOffice can convert; {_BY_HAND}")
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
    profile = folder / "profile"
    _settle(profile)
    order = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", "docx"]
    # Whatever a document links to is asked of a proxy that does not answer.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), "http://127.0.0.1:9")
    process = subprocess.Popen(
        [*order, "--outdir", str(folder / "made"), str(source)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, **nowhere, "no_proxy": "", "HOME": str(folder)},
    )  # fmt: skip
    try:
        _limit(process.pid)
        process.wait(SECONDS)
    finally:
        _end_group(process)


def _settle(profile: Path) -> None:
    """Write the settings of a profile before its first use."""
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")


def _limit(process: int) -> None:
    """Bound memory and files of a process that has just been started, where the system can."""
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.prlimit(process, resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    except (ImportError, AttributeError, OSError):  # Linux alone lets one process bound another
        return


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what was started, with the processes it started itself."""
    import signal
    from contextlib import suppress

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
