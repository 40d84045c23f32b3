"""A review to be filled in: what a plan's findings speak of, as it was read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kg.plan import Finding, Plan
from kg.reading.corrections import entry_of, things_read

# What a finding is about, where that is not who is responsible.
_KINDS = {"deadline-without-actor": "duties", "impossible-date": "duties", "unknown-work": "policies"}
_HEAD = """\
# Corrections of what was read. In each entry put right what stands in `should`, and say `by` whom and `why`.
# Entries whose `should` is as `read` count for nothing, and may stay or go. Add entries for what no finding speaks of:
# kind is assignments, policies, campaigns, targets or duties; `start` and `end` are only needed where the words of
# `passage` stand more than once. Keep the file in the folder of --reviews.
"""


def review_template(plan: Plan) -> str:
    """Return a review of `plan` as TOML, with an entry for each finding that speaks of a passage."""
    lines = [_HEAD, f"document = {_text(plan.title)}\n"]
    if plan.status:
        lines.append(f"status = {_text(plan.status)}\n")
    if plan.year:
        lines.append(f"year = {plan.year}\n")
    for finding in plan.findings:
        if finding.span.end > finding.span.start and not finding.code.startswith("review-"):
            lines += _entry(plan, finding)
    return "".join(lines)


def _entry(plan: Plan, finding: Finding) -> Iterator[str]:
    kind = _KINDS.get(finding.code, "assignments")
    read = _things([entry_of(thing) for thing in things_read(plan, kind, finding.span)])
    yield f"\n# {finding.severity} {finding.code}: {_plain(finding.message)}\n[[correction]]\n"
    yield f"passage = {_text(plan.quote(finding.span))}\nstart = {finding.span.start}\nend = {finding.span.end}\n"
    yield f"kind = {_text(kind)}\nread = {read}\nshould = {read}\n"
    yield 'by = ""\nwhy = ""\n'


def _things(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "[]"
    return "[\n" + "".join(f"    {_table(entry)},\n" for entry in entries) + "]"


def _table(entry: Mapping[str, Any]) -> str:
    pairs = (f"{key} = {_text(value) if isinstance(value, str) else value}" for key, value in entry.items())
    return f"{{ {', '.join(pairs)} }}"


def _text(value: str) -> str:
    """Return a TOML basic string, whose escapes are those of JSON and one more."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(message: str) -> str:
    return "".join(char if char.isprintable() else " " for char in message)
