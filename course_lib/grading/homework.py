"""Homework with drawn tasks: each student of a release gets some beside the lesson's exercises."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.files.cells import Trouble
from course_lib.grading import drawn
from course_lib.grading.drawn import Given
from course_lib.practice import classes
from course_lib.practice.drawing import Drawn, stream_of_chance

ABOUT = """## Practice: tasks that nobody else has

These were drawn for you: what is asked here stands in no notebook, and nobody else has the same. \
Write NumPy. `hand_in` tries the example of a question; when it is marked, much more is tried."""


def drawn_for(
    lesson: str, students: Sequence[str], count: int, *, before: Mapping[str, Given] = {}
) -> dict[str, list[Drawn]]:
    """Return so many tasks for each student, fair after a lesson ("code/05_matrix_form").

    before: what some have already, and keep.

    Raises:
        Trouble: nothing can be drawn so early, or not so much.
    """
    track, number = lesson.split("/")[0], int(lesson.split("/")[1][:2])
    plan = classes.planned(track, (1, number), tasks=count)
    exercises = drawn.exercises([asked.name for asked in plan])
    sets = {
        student: [own.task(exercise) for exercise in exercises]
        for student, own in before.items()
        if student in students and [*own.keys] == exercises
    }
    new = [student for student in students if student not in sets]
    besides = [task.told for tasks in sets.values() for task in tasks]
    fresh = classes.drawn_for(len(new), plan, number, rng=stream_of_chance(), besides=besides)
    return sets | {student: list(tasks) for student, tasks in zip(new, fresh)}


def added(notebook: dict[str, Any], more: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a copy of a notebook with the cells of drawn tasks at its end."""
    made = copy.deepcopy(notebook)
    about = {"cell_type": "markdown", "id": "practice", "metadata": {}, "source": ABOUT}
    taken = {cell.get("id") for cell in made["cells"]}
    if clash := taken & {cell["id"] for cell in more}:
        raise Trouble(f"the notebook has a cell called {clash.pop()} already.")
    made["cells"] += [about, drawn.setup_cell(), *more]
    return made
