"""The readable outline of a plan: headings, tasks with who holds them, figures, dates, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kg.plan import Assignment, Basis, Duty, Mode, Plan, Section, Target, Task
from kg.reading.lexicon import table

_WIDTH = 60
_STEP = "  "
_COMPARED = {">=": "≥", "<=": "≤", "=": "＝", ">": "＞", "<": "＜", "~": "约"}
_CHANGED = {"increase": "增长", "decrease": "下降"}


def outline_text(plan: Plan) -> str:
    """Return `plan` as lines for people: title and status, sections, tasks, targets, duties, findings."""
    lines = [*_head(plan), *_body(plan), *_lists(plan)]
    return "\n".join(line.rstrip() for line in lines)


def _head(plan: Plan) -> Iterator[str]:
    yield plan.title + (f"（{plan.status}）" if plan.status else "")
    place = "".join(name for name in plan.jurisdiction if name)
    facts = [place, str(plan.year or ""), plan.issuer or "", plan.document_number or ""]
    if any(facts):
        yield " · ".join(fact for fact in facts if fact)


def _body(plan: Plan) -> Iterator[str]:
    """Yield headings and tasks in the order of the text."""
    depths = _depths(plan.sections)
    numbers = {item.id: item.section for item in plan.items}
    things: list[tuple[int, int, Section | Task]] = [(s.span.start, 0, s) for s in plan.sections]
    things += [(t.span.start, 1, t) for t in plan.tasks]
    for _, _, thing in sorted(things, key=lambda entry: entry[:2]):
        if isinstance(thing, Section):
            depth = depths[thing.id]
            yield ""
            yield _STEP * depth + _short(plan.quote(thing.heading))
        else:
            section = numbers[thing.item]
            yield from _task(plan, thing, depths[section] + 1 if section else 0)


def _depths(sections: tuple[Section, ...]) -> dict[str, int]:
    depths: dict[str, int] = {}
    for section in sections:
        depths[section.id] = depths[section.parent] + 1 if section.parent else 0
    return depths


def _task(plan: Plan, task: Task, depth: int) -> Iterator[str]:
    margin = _STEP * depth
    yield f"{margin}{task.code:<6} {_short(plan.quote(task.span))}"
    groups: dict[str, list[str]] = {}
    for assignment in task.assignments:
        groups.setdefault(_roles()[assignment.role], []).append(_name(assignment))
    held = "；".join(f"{role} {'、'.join(names)}" for role, names in groups.items())
    yield f"{margin}{'':<6} → {held}{_manner(task)}"


def _name(assignment: Assignment) -> str:
    return assignment.name + ("（人工更正）" if assignment.basis is Basis.CORRECTED else "")


def _manner(task: Task) -> str:
    if task.statement is None:
        return "（句中）"
    return "（按职责分工）" if task.mode is Mode.SHARED else ""


@cache
def _roles() -> dict[str, str]:
    """Return role → the word that names it: the first of its words in the lexicon."""
    words: dict[str, str] = {}
    for row in table("roles"):
        words.setdefault(row["role"], row["wording"])
    return words


def _lists(plan: Plan) -> Iterator[str]:
    codes = {task.id: task.code for task in plan.tasks}
    policies = dict.fromkeys(f"《{p.name}》" if p.titled else p.name for p in plan.policies)
    yield from _listed("政策文件", list(policies))
    yield from _listed("行动", [_with_codes(c.name, [codes[task] for task in c.tasks]) for c in plan.campaigns])
    yield from _listed("指标", [f"{_holder(t, codes):<6} {_target(t)}" for t in plan.targets])
    yield from _listed("期限", [f"{_holder(d, codes):<6} {_duty(d)}" for d in plan.duties])
    yield from _listed("全文约定", [plan.quote(declaration.span) for declaration in plan.declarations])
    yield from _listed(
        "待核", [f"[{f.severity}] {f.message}（{f.code}，{f.span.start}–{f.span.end}）" for f in plan.findings]
    )


def _holder(thing: Target | Duty, codes: dict[str, str]) -> str:
    """Return the code of the task that a figure or a date stands in, or the item that nobody is assigned to."""
    return codes[thing.task] if thing.task else thing.item


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{heading}（{len(lines)}）"
        yield from (_STEP + line for line in lines)


def _with_codes(name: str, codes: list[str]) -> str:
    return f"{name}：{'、'.join(codes)}" if codes else name


def _target(target: Target) -> str:
    change = _CHANGED.get(target.change or "", "")
    return f"{target.indicator} {change}{_COMPARED[target.comparator]} {target.value}{target.unit}"


def _duty(duty: Duty) -> str:
    due = duty.due.isoformat() if duty.due else duty.due_as_written
    to = "、".join(name for name, _ in duty.recipients)
    copies = "、".join(name for name, _ in duty.copies)
    inferred = "（年份据标题推定）" if duty.year_inferred else ""
    parts = [
        f"{due}{inferred}",
        duty.actor or "",
        f"向{to}" if to else "",
        duty.action,
        f"抄报{copies}" if copies else "",
    ]
    return " ".join(part for part in parts if part)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
