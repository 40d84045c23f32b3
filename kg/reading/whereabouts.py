"""Which task and which section hold a place in the text, and whether spans already spoken for leave one free."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from kg.plan import Section, Span, Task


class Taken:
    """Spans that do not overlap; asking whether another is free of them takes logarithmic time."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [span.start for span in self._spans]

    def free(self, span: Span) -> bool:
        """Tell whether `span` touches none of them."""
        at = bisect_left(self._starts, span.end)
        return at == 0 or self._spans[at - 1].end <= span.start


class Whereabouts:
    """Finds the task and the innermost section that hold an offset, in logarithmic time."""

    def __init__(self, sections: tuple[Section, ...], tasks: tuple[Task, ...]) -> None:
        self._sections = sections
        self._by_id = {section.id: section for section in sections}
        self._section_starts = [section.span.start for section in sections]
        self._tasks = sorted(tasks, key=lambda task: task.span)
        self._task_starts = [task.span.start for task in self._tasks]

    def task(self, offset: int) -> Task | None:
        """Return the task whose text holds `offset`, None outside all."""
        at = bisect_right(self._task_starts, offset) - 1
        task = self._tasks[at] if at >= 0 else None
        return task if task and offset < task.span.end else None

    def tasks_within(self, span: Span) -> list[Task]:
        """Return the tasks that begin inside `span`, in reading order."""
        return self._tasks[bisect_left(self._task_starts, span.start) : bisect_left(self._task_starts, span.end)]

    def section(self, offset: int) -> Section | None:
        """Return the innermost section that holds `offset`, None outside all."""
        at = bisect_right(self._section_starts, offset) - 1
        section = self._sections[at] if at >= 0 else None
        while section and not section.span.start <= offset < section.span.end:
            section = self._by_id[section.parent] if section.parent else None
        return section
