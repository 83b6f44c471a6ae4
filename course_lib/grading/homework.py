"""Homework with drawn tasks: each student of a release gets some beside the lesson's exercises."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from course_lib.files.cells import Trouble
from course_lib.grading import drawn
from course_lib.grading.drawn import Given
from course_lib.practice import classes
from course_lib.practice.drawing import Drawn, stream_of_chance

if TYPE_CHECKING:
    from course_lib.grading.releases import Release

ABOUT = """## Practice: tasks that nobody else has

These were drawn for you: what is asked here stands in no notebook, and nobody else has the same. \
Write NumPy. `hand_in` tries the example of a question; when it is marked, much more is tried."""


def with_practice(
    made: "Release",
    notebooks: dict[str, dict[str, Any]],
    count: int,
    *,
    before: Mapping[str, Given] = {},
) -> "Release":
    """Add so many drawn tasks to each of the notebooks, {path: notebook}; return the release.

    before: what some have already, and keep.

    Raises:
        Trouble: nothing can be drawn so early, or not so much.
    """
    track, number = made.lesson.split("/")[0], int(made.lesson.split("/")[1][:2])
    plan = classes.planned(track, (1, number), tasks=count)
    names = [asked.name for asked in plan]
    exercises = drawn.exercises(names)
    kept = {s: [own.task(e) for e in exercises] for s, own in before.items()
            if [*own.keys] == exercises}  # fmt: skip
    sets: dict[str, list[Drawn]] = {s.id: kept[s.id] for s in made.roster if s.id in kept}
    new = [s.id for s in made.roster if s.id not in sets]
    besides = [task.told for tasks in sets.values() for task in tasks]
    fresh = classes.drawn_for(len(new), plan, number, rng=stream_of_chance(), besides=besides)
    sets |= dict(zip(new, map(list, fresh)))
    points, taken = classes.points_of(list(sets.values())), set(made.points)
    given = {}
    for student in made.roster:
        path, tasks = f"for/{student.id}/{made.notebook}", sets[student.id]
        notebooks[path] = _added(notebooks[path], drawn.task_cells(tasks, points, taken))
        given[student.id] = Given.of(dict(zip(exercises, tasks)), notebooks[path])
    notebooks[made.notebook] = _added(
        notebooks[made.notebook], drawn.general_cells(names, points, taken)
    )
    return replace(made, points={**made.points, **dict(zip(exercises, points))}, drawn=given)


def _added(notebook: dict[str, Any], more: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a copy of a notebook with these cells at its end."""
    made = copy.deepcopy(notebook)
    about = {"cell_type": "markdown", "id": "practice", "metadata": {}, "source": ABOUT}
    taken = {cell.get("id") for cell in made["cells"]}
    if clash := taken & {cell["id"] for cell in more}:
        raise Trouble(f"the notebook has a cell called {clash.pop()} already.")
    made["cells"] += [about, drawn.setup_cell(), *more]
    return made
