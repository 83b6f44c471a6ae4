"""Mark one submission: foreign code runs behind walls; the probes that call it run here."""

import ast
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from course_lib import __version__
from course_lib.exercises import Report, examine, judge, task_of
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import crossing, following, reaching, releases, servers, view
from course_lib.grading.marks import TO_READ, CellError, ExerciseMark, Mark, unjudged
from course_lib.grading.runs import Run
from course_lib.grading.standing_in import Answer, one_thread
from course_lib.grading.submissions import Submission, digest, parse
from course_lib.grading.talking import JUDGING, Lost
from course_lib.practice import by_key

LONGEST = 2000  # characters of a message in a report
LONGEST_CODE = 20_000  # of an answer in it
MOST = 30  # cells whose error is told


def mark(run: Run, server: servers.Server, student: str, files: Sequence[Submission]) -> Mark:
    """Mark one student's submission, the last of the files.

    Nothing that the submission does raises an error here: it becomes the reason in its mark.
    """
    submission, start = files[-1], time.perf_counter()
    blank = Mark(
        student,
        exercises=(),
        run=run.digest,
        version=__version__,
        limit=run.seconds,
        walls=server.strength,
        file=submission.file,
    )
    try:
        content = submission.read()
        blank = replace(blank, submission=digest(content))
        wanted = _wanted(run, student)
        sources, answers = _to_run(parse(content), {e["name"]: e["expression"] for e in wanted})
        done, dropped, errors = _run(run, server, sources, wanted)
        blank = replace(blank, cells=_cell_errors(errors, sources))
    except (servers.Broken, Lost) as error:
        said = f"not marked: what runs notebooks ended twice ({error}). Run the same command again."
        return _unread(replace(blank, blank=True), run, said)
    except Trouble as error:
        return _unread(blank, run, str(error))
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return _unread(blank, run, f"the notebook is malformed: {error}")
    judged = [
        _judged(run, each["name"], done, dropped, errors, sources, answers) for each in wanted
    ]
    judged = [_followed(*both, done, sources, server.lesson) for both in zip(judged, wanted)]
    unclear = tuple(each.said for each in judged if each.diagnosis == TO_READ)
    return replace(
        blank,
        exercises=tuple(judged),
        blank=bool(unclear),
        problem=" ".join(unclear) or None,
        seconds=round(time.perf_counter() - start, 3),
    )


def _unread(blank, run, problem):
    exercises = unjudged(run.release.points, "not-marked", problem)
    return replace(blank, problem=problem, exercises=exercises)


def _run(run, server, sources, wanted):
    """Run a notebook. Where what runs notebooks ended, that may be our own trouble: once more."""

    def examined(each, door):
        return _examined(run, each, door)

    try:
        return server.run(sources, wanted, examined, seconds=run.seconds)
    except Lost:
        return server.run(sources, wanted, examined, seconds=run.seconds)


def _to_run(notebook, expressions):
    """Return (the code cells to run, {exercise: the text of its answer cells}).

    What is checked, and how, comes from the release: a check cell only says when.
    """
    sources, answers = [], {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = cells.source(cell)
        if name := cells.checked(cell):
            if name in expressions:
                sources.append({"hold": name, "expression": expressions[name]})
            continue
        if name := cells.grade_id(cell):
            answers[name] = f"{answers[name]}\n\n{source}" if name in answers else source
        sources.append(source)
    return sources, answers


def _wanted(run, student):
    """Return what a server is asked about each exercise."""
    said = releases.expressions(run.notebook)
    wanted = []
    for name in run.release.points:
        key = run.key(student, name)
        task = task_of(key)
        variant = run.variant(student) if task.value else None
        seed = None if task.value else run.seed
        seconds = judge.SECONDS + len(task.probes) - 1
        if name != key:  # whether it is a published answer is asked, too
            seconds += judge.SECONDS
        wanted.append({"name": name, "key": key, "expression": said[name], "seed": seed,
                       "variant": variant, "forbids": list(task.forbids),
                       "seconds": seconds})  # fmt: skip
    return wanted


def _cell_errors(errors, sources):
    found = []
    for number, error in list(errors.items())[:MOST]:
        lines = sources[int(number)].strip().splitlines()
        found.append(CellError((lines or [""])[0][:80], error[:LONGEST]))
    return tuple(found)


def _examined(
    run: Run, each: dict, door: following.Door
) -> tuple[Report | following.Missing, bool]:
    """Examine one answer: as its check cell saw it, else as it is at the end of the notebook.

    Returns:
        (what came of it, whether it is as its check cell saw it).
    """
    found: Report | following.Missing = following.Missing("nothing")
    for held in (True, False):
        try:
            answer = _answer(each["key"], door, *door.open(held=held))
        except following.Missing as missing:
            found = missing
        else:
            with JUDGING, one_thread():
                found = _report(each, answer)
        if isinstance(found, Report) and found.attempted:
            break
        if held:
            door.close()
    return found, held


def _report(each: dict, answer: Any) -> Report:
    """Examine an answer. What is told of a drawn task does not tell how it was drawn."""
    report = examine(each["key"], answer, seed=each["seed"], variant=each["variant"])
    if each["key"] == each["name"]:
        return report
    report = by_key(each["key"]).named(report, answer)
    return replace(report, name=each["name"])


def _answer(name: str, door: following.Door, tree: Any, arrays: Mapping) -> Any:
    """Return an answer: a value by value, and what stands in for a function or a class."""
    if not task_of(name).value and isinstance(tree, dict) and tree.get("kind") == "call":
        return Answer(door.talk, int(tree["thing"]), known=known(name), name=str(tree["name"]))
    unpacker = crossing.Unpacker(arrays, lambda *_: object(), _inert)
    try:
        return unpacker.value(tree)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise following.Missing(f"ValueError: what it sent can't be read: {error}") from None


def _inert(tree):
    """Return what says what a function or a class is, and does nothing."""
    return type(str(tree["name"]), (), {}) if tree["class"] else lambda *_: None


def known(name: str) -> dict[tuple, tuple[str, str]]:
    """Return what an exercise hands to its answers that is on both sides, by its place here."""
    return {
        crossing.place_of(value): (dotted, key)
        for dotted, values in task_of(name).known.items()
        for key, value in values().items()
    }


def _judged(run, name, done, dropped, errors, sources, answers):
    """Return the mark of one exercise of a notebook that ran."""
    points, (found, _) = run.release.points[name], done.get(name, (None, False))
    code = _code(name, answers.get(name, ""), found, sources, run)
    blank = ExerciseMark(name, points, code=code[:LONGEST_CODE])
    if found is None:
        how = dropped.get(name, following.ENDED)
        return replace(blank, diagnosis="stopped", said=f"✗ {name}: {how}")
    if isinstance(found, following.Missing):
        diagnosis, said = _missing(name, str(found), errors)
        return replace(blank, diagnosis=diagnosis, said=said[:LONGEST])
    return replace(
        blank,
        earned=found.share(points),
        diagnosis=found.diagnosis if found.attempted else "not-attempted",
        said=(found.said if found.attempted else found.head)[:LONGEST],
        probes=found.probes,
    )


def _followed(mark, each, done, sources, lesson):
    """Return the mark of an answer when its code was read for what it calls."""
    found, held = done.get(each["name"], (None, False))
    if each["variant"] is not None or isinstance(found, Report) and not found.attempted:
        return mark
    checks = [i for i, s in enumerate(sources) if isinstance(s, dict) and s["hold"] == mark.name]
    seen = sources[: checks[-1]] if held and checks else sources
    seen = [source for source in seen if isinstance(source, str)]
    called = reaching.found(seen, *_asked(each))
    names = list(called.certain)
    if not isinstance(found, Report) and (name := reaching.taken(seen, *_asked(each))):
        names = [name]
    if names:
        at = f" It says: `{called.certain[names[0]]}`." if names[0] in called.certain else ""
        said = f"your answer calls `{names[0]}`, the very thing this exercise asks you to write."
        return replace(mark, earned=0, diagnosis="shortcut", said=f"What happened: {said}{at}")
    if not (mark.earned and called.unclear and _has_torch(lesson)):
        return mark
    said = f"{mark.name} passes; a person has to read it, for what it calls is hidden: "
    said += f"{called.unclear[0]}."
    return replace(mark, earned=0, diagnosis=TO_READ, said=said)


def _asked(each):
    return each["expression"], each["forbids"]


def _has_torch(lesson):
    """Say whether a lesson's answers may call torch, which holds some exercises ready."""
    return "torch" in {module.partition(".")[0] for module in view.loaded(lesson)}


def _code(name, code, found, sources, run):
    """Return the code that made an answer: of its own cell, else of the last that defines it."""
    if isinstance(found, Report) and not found.attempted:
        return code
    wanted = releases.expressions(run.notebook)[name]
    makers = [source for source in sources if isinstance(source, str) and _defines(source, wanted)]
    if not makers or _defines(code, wanted) and "NotImplementedError" not in code:
        return code
    return makers[-1]


def _defines(source, name):
    """Say whether a cell gives this name a value at its top level."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a magic, perhaps
        return False
    targets = [
        target
        for node in tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [node])
    ]
    return any(getattr(t, "name", getattr(t, "id", None)) == name for t in targets)


def _missing(name, how, errors):
    """Say why there is no answer to probe: (diagnosis, what the student is told)."""
    if not how.startswith("NameError"):
        return "raises", f"✗ {name}: it could not be read: {how}"
    first = next(iter(errors.values()), "")
    why = f" The first cell that failed says: {first}" if first else ""
    return "missing", f"✗ {name}: nothing of this name is defined when the notebook has run.{why}"
