"""Tasks that each student of a release has alone: how they are kept, asked and found again.

A notebook says nothing of how its tasks were drawn: keys stand in the release's file alone.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.practice import Specification, by_key
from course_lib.practice.asking import written
from course_lib.practice.drawing import KINDS, Drawn

SETUP = '''import numpy as np

examples = {}  # what each question gives as its example, and what comes out


def hand_in(task, answer):
    """Try the example of a question. When it is marked, much more is tried."""
    if task not in examples:
        print(f"{task}: {answer!r}")
        return
    given, due = examples[task]
    came = answer(*given)
    came = came if isinstance(came, (tuple, list)) and len(due) > 1 else [came]
    same = len(came) == len(due) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, atol=0.001) for a, b in zip(came, due)
    )
    print(f"{task}: the example's numbers {'come out' if same else 'do NOT come out'}.")'''


@dataclass(frozen=True)
class Given:
    """What one student has alone.

    keys: {exercise: key of the drawn task}. known_by: {exercise: digest by which another version of
    the course sees whether it draws the same}. cells: the digests of the code cells as they were
    handed out.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    known_by: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What tells these tasks from others that the student may have had before."""
        return _digest(sorted(self.keys.items()))

    def task(self, exercise: str) -> Drawn:
        """Return the drawn task of an exercise.

        Raises:
            Trouble: this version of the course draws another one by the same key.
        """
        found = by_key(self.keys[exercise])
        if _digest(found.known_by) != self.known_by[exercise]:
            raise Trouble(
                f"{exercise} was drawn by another version of the course, which this one can't "
                "repeat: mark with the version that drew it."
            )
        return found

    @classmethod
    def of(cls, tasks: Mapping[str, Drawn], notebook: Mapping[str, Any]) -> "Given":
        """Return what is kept of a student's tasks and notebook."""
        return cls(
            {name: task.key for name, task in tasks.items()},
            {name: _digest(task.known_by) for name, task in tasks.items()},
            tuple(cells.digest(c) for c in notebook["cells"] if c["cell_type"] == "code"),
        )


def _digest(plain: object) -> str:
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:16]


def exercises(names: Sequence[str]) -> list[str]:
    """Return what the tasks of these names are called in a gradebook.

    Example:
        >>> exercises(["shares", "attention"])
        ['task_1_shares', 'task_2_attention']
    """
    return [f"task_{number}_{name}" for number, name in enumerate(names, start=1)]


def answers(names: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return what is to be defined: functions of these names, numbered where one comes again.

    taken: names that the notebook defines already.

    Example:
        >>> answers(["attention", "stories", "attention"])
        ['attention', 'answer_2', 'attention_2']
    """
    called = []
    for number, name in enumerate(names, start=1):
        again = names[:number].count(name) + (name in taken)
        by_value = not hasattr(KINDS[name], "steps")
        own = name if again == 1 else f"{name}_{again}"
        called.append(f"answer_{number}" if by_value else own)
    return called


def task_cells(
    tasks: Sequence[Drawn], points: Sequence[float], taken: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the cells of drawn tasks: each its question, its example, a stub and a check cell."""
    names = [task.name for task in tasks]
    made = []
    for number, (task, exercise, answer, worth) in enumerate(
        zip(tasks, exercises(names), answers(names, taken), points), start=1
    ):
        title, text = titled(task, answer)
        about = f"## Task {number}: {title}\n\n*{_worth(worth)}.*\n\n{text}"
        made.append(_markdown(f"task-{number}-question", about))
        if isinstance(task, Specification):
            made.append(_code(f"task-{number}-example", example_cell(task, exercise)))
        made += answer_cells(number, exercise, answer, stub(task, answer), worth)
    return made


def general_cells(
    names: Sequence[str], points: Sequence[float], taken: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the same cells as they are for all: names and points, and no question."""
    made = []
    for number, (name, exercise, answer, worth) in enumerate(
        zip(names, exercises(names), answers(names, taken), points), start=1
    ):
        about = f"## Task {number}: `{name}`\n\nEach student has one of their own."
        made.append(_markdown(f"task-{number}-question", about))
        by_value = answer.startswith("answer_")
        text = f"{answer} = ..." if by_value else f"def {answer}(*given):\n    {PLACEHOLDER}"
        made += answer_cells(number, exercise, answer, text, worth)
    return made


PLACEHOLDER = 'raise NotImplementedError("your code here")'


def answer_cells(
    number: int, exercise: str, answer: str, text: str, worth: float
) -> list[dict[str, Any]]:
    """Return the cell to write into, and the one that says what counts, in nbgrader's format."""
    mark = {"schema_version": 3, "task": False}
    solution = {**mark, "grade_id": exercise, "grade": False, "locked": False, "solution": True}
    checks = {**mark, "grade_id": f"check_{exercise}", "grade": True, "locked": True,
              "points": worth, "solution": False}  # fmt: skip
    return [
        _code(f"task-{number}-answer", text, nbgrader=solution),
        _code(f"task-{number}-check", f'hand_in("{exercise}", {answer})', nbgrader=checks),
    ]


def setup_cell() -> dict[str, Any]:
    """Return the cell that has to run first."""
    return _code("setup", SETUP)


def titled(task: Drawn, answer: str) -> tuple[str, str]:
    """Return a question's title and its text, which asks for what is to be defined."""
    first, _, text = task.question.partition("\n")
    text = text.strip().replace(f"`{task.name}(", f"`{answer}(", 1)
    return first.removeprefix("### "), text


def stub(task: Drawn, answer: str) -> str:
    """Return what stands in the cell to write into."""
    if not isinstance(task, Specification):
        return f"{answer} = ..."
    return f"def {answer}({', '.join(task.arguments)}):\n    {PLACEHOLDER}"


def example_cell(task: Specification, exercise: str) -> str:
    """Return the example of a question as code: what comes in, and what comes out."""
    given = task.example()
    with np.errstate(all="ignore"):
        result = task.reference(*given.values())
    due = result if isinstance(result, tuple) else (result,)
    lines = [f"    {_typed(value, 4)}," for value in given.values()]
    results = [f"    {_typed(np.round(value, 3), 4)}," for value in due]
    body = "\n".join(["given = [", *lines, "]", "due = [", *results, "]"])
    return f'{body}\nexamples["{exercise}"] = given, due'


def _typed(value: Any, indent: int) -> str:
    """Return a value as it is typed in a program, row below row."""
    if np.ndim(value) == 0:
        return written(value)
    return f"np.array({written(value, indent + 9)})".replace("-inf", "-np.inf")


def _worth(points: float) -> str:
    return f"{points:g} point{'' if points == 1 else 's'}"


def _markdown(own: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": own, "metadata": {}, "source": text}


def _code(own: str, text: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": own,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }
