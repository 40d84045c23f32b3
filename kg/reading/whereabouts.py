"""Which task, item and section hold a place in the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from kg.plan import Section, Span, Task
from kg.reading.outline import Entry


class Whereabouts:
    """Finds the task, the item and the innermost section that hold an offset, in logarithmic time."""

    def __init__(self, sections: tuple[Section, ...], entries: tuple[Entry, ...], tasks: tuple[Task, ...]) -> None:
        self._sections = sections
        self._by_id = {section.id: section for section in sections}
        self._section_starts = [section.span.start for section in sections]
        self._items = [entry.item for entry in entries]
        self._item_starts = [item.span.start for item in self._items]
        rows = {entry.item.id for entry in entries if entry.cells}
        self._of_row = {task.item: task for task in tasks if task.item in rows}
        self._tasks = sorted(tasks, key=lambda task: task.span)
        self._task_starts = [task.span.start for task in self._tasks]

    def task(self, offset: int) -> Task | None:
        """Return the task whose text holds `offset`, or whose row of a table does; None outside all."""
        at = bisect_right(self._task_starts, offset) - 1
        task = self._tasks[at] if at >= 0 else None
        if task and offset < task.span.end:
            return task
        return self._of_row.get(self.item(offset)) if self._of_row else None

    def item(self, offset: int) -> str:
        """Return the id of the item that holds `offset`; the empty text outside all."""
        at = bisect_right(self._item_starts, offset) - 1
        return self._items[at].id if at >= 0 and offset < self._items[at].span.end else ""

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
