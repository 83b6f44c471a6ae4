"""Is the course whole? Each entry of the registry has its files, and each file its entry."""

from collections.abc import Iterator
from pathlib import Path

from course_lib import exercises
from course_lib.exercises import catalogue
from course_lib.files import cells
from course_lib.lessons import EXERCISES, LESSONS, NOTEBOOKS, REGISTRY, ROOT, SOLUTIONS, TRACKS

ENGINE = Path(exercises.__file__).parent
ROOMS = {"tasks": ".py", "answers": ".py", "hints": ".md"}  # what an exercise is made of


def gaps() -> list[str]:
    """Return what is missing or superfluous, a sentence each that says how to mend it."""
    found = [*_files()]
    return found or [*_exercises()]  # an exercise is looked for once its files are there


def _files() -> Iterator[str]:
    wanted = {
        lesson.path(track, folder): lesson
        for folder in (NOTEBOOKS, SOLUTIONS)
        for track in TRACKS
        for lesson in LESSONS
    }
    wanted |= {
        ENGINE / room / f"{lesson.module(track)}{kind}": lesson
        for room, kind in ROOMS.items()
        for track in TRACKS
        for lesson in LESSONS
        if room != "hints" or (ENGINE / room).is_dir()
    }
    for path, lesson in wanted.items():
        if not path.exists():
            said = f"Lesson {lesson.numbered} has no file {path.relative_to(ROOT)}"
            yield f"{said}: write it, or take the lesson out of {_registry()}."
    copies = {lesson.path(track, EXERCISES) for lesson in LESSONS for track in TRACKS}
    for path in _there():
        if path not in wanted and path not in copies:
            said = f"{path.relative_to(ROOT)} belongs to no lesson"
            yield f"{said}: write its lesson's entry in {_registry()}, or delete the file."


def _there() -> Iterator[Path]:
    """Yield every file that is named as one of a lesson."""
    for folder in (NOTEBOOKS, SOLUTIONS, EXERCISES):
        for track in TRACKS:
            yield from sorted((folder / track).glob("[0-9][0-9]_*.ipynb"))
    for room, kind in ROOMS.items():
        for track in TRACKS:
            yield from sorted((ENGINE / room).glob(f"{track}_[0-9][0-9]{kind}"))


def _exercises() -> Iterator[str]:
    for lesson in LESSONS:
        for track in TRACKS:
            named, place = list(lesson.exercises[track]), lesson.place(track)
            entry = f"the entry of {place} in {_registry()}"
            module = lesson.module(track)
            found = [said for name in named if (said := _declared(name, module))]
            yield from dict.fromkeys(found)  # one broken file speaks for all that stand in it
            path = lesson.path(track, SOLUTIONS)
            notebook = cells.read(path)
            asked = list(cells.check_cells(notebook))
            if asked != named:
                said = f"{path.relative_to(ROOT)} checks {', '.join(asked) or 'nothing'}"
                yield f"{said}, but {entry} names {', '.join(named)}: they must agree, in order."
            elif not found:
                yield from _cells(notebook, named, path.relative_to(ROOT))


def _declared(name: str, module: str) -> str | None:
    """Say what is wrong with an exercise's task, answers or hints; None if all fit together."""
    said = f"course_lib/exercises/tasks/{module}.py"
    try:
        exercises.task_of(name)
        said = "course_lib/exercises"  # what follows names its file itself
        catalogue.answers_of(name)
    except (LookupError, ValueError) as error:
        return f"{said}: {error.args[0]}"
    return None


def _cells(notebook: dict, names: list[str], path: Path) -> Iterator[str]:
    """Say what is wrong with the answer cell and the check cell of each exercise."""
    checks = cells.check_cells(notebook)
    answered = {cells.grade_id(cell) for cell in notebook["cells"] if not cells.checked(cell)}
    for name in names:
        check, points = checks[name], exercises.task_of(name).points
        place = f"{path}, cell {check.get('id')}"
        if cells.points(check) != points:
            yield f"{place}: its metadata say {cells.points(check)} points, its probes {points}."
        if f'check("{name}", ' not in cells.source(check):
            yield f'{place} has to call check("{name}", …), as its grade_id says.'
        if name not in answered:
            yield f"{path} has no answer cell with the grade_id {name}."


def _registry() -> Path:
    return REGISTRY.relative_to(ROOT)
