"""What the documentation shows is what the program does: commands, outputs, settings, questions, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.settings import TABLE
from tests.conftest import ROOT, SEED, Run

PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
ELLIPSIS = "…"


@dataclass(frozen=True)
class Shown:
    """One command of a page and the output shown under it; a line `…` stands for any lines."""

    page: Path
    command: str
    output: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.command}"

    def fits(self, actual: str) -> bool:
        parts = [re.escape(part) for part in re.split(rf"(?m)^{ELLIPSIS}\n", _plain(self.output))]
        return re.fullmatch(r"(?:.*\n)*?".join(parts), _plain(actual)) is not None


def _whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # a quotation that goes on in the next line
        return False
    return True


def _plain(text: str) -> str:
    """Return the text without blanks at the ends of lines and without empty lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"


def shown_commands() -> Iterator[Shown]:
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text("utf-8")):
            for chunk in re.split(r"(?m)^\$ ", block)[1:]:
                command, _, output = chunk.partition("\n")
                while not _whole(command):
                    more, _, output = output.partition("\n")
                    command = f"{command}\n{more}"
                if command.startswith((".venv/bin/zeren ", "zeren ")):
                    yield Shown(page, command, output)


@pytest.mark.parametrize("shown", list(shown_commands()), ids=str)
def test_a_command_prints_what_the_page_shows(zeren: Run, shown: Shown) -> None:
    arguments = [str(SEED) if word == "plan.txt" else word for word in shlex.split(shown.command)[1:]]
    actual = zeren(*arguments, env={"COLUMNS": "110"})
    assert actual.returncode == 0, actual.stderr
    assert shown.fits(actual.stdout), f"{shown.command} prints\n{actual.stdout}"


def test_the_pages_show_commands_at_all() -> None:
    by_page = {shown.page.name for shown in shown_commands()}
    assert {"README.md", "README.zh-CN.md"} <= by_page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for setting in TABLE:
        option = f"`{setting.option}`" if setting.option else "none"
        assert f"| {option} | `{setting.variable}` |" in text
        assert setting.help in text


def test_both_readmes_have_the_same_headings() -> None:
    english, chinese = (
        [line.count("#") for line in re.findall(r"(?m)^#+ .*", page.read_text("utf-8"))] for page in PAGES[:2]
    )
    assert english == chinese


def test_the_first_screen_is_short() -> None:
    for page in PAGES[:2]:
        first, _, _ = page.read_text("utf-8").partition("\n## ")
        assert len(first.splitlines()) <= 30
