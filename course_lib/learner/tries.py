"""What a learner has tried: one small file an exercise, in ``my_work/.progress``.

Nothing is written unless the notebook that runs lies in ``my_work``.
"""

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.files import cells
from course_lib.learner import boxes
from course_lib.learner.fingerprint import fingerprint
from course_lib.learner.standing import practised
from course_lib.lessons import ROOT

if TYPE_CHECKING:  # the engine needs NumPy, and a command shall start at once
    from course_lib.exercises.report import Report

MOST = 20  # of the latest wrong answers that are remembered


def my_work() -> Path | None:
    """Return the learner's folder if the current folder lies in one, else None."""
    try:
        here = Path.cwd().resolve()
    except FileNotFoundError:  # it was moved away while the notebook was open
        return None
    return next((p for p in (here, *here.parents) if p.name == "my_work"), None)


def folder_of_drawn() -> Path | None:
    """Return where drawn tasks are remembered: they are done in any notebook of the course.

    That is ``my_work`` of the course, if it is there; nowhere while outputs are stored or tested
    (COURSE_QUIET).
    """
    if (folder := my_work()) is not None:
        return folder
    here = Path.cwd().resolve()
    in_course = here == ROOT / "notebooks" or (ROOT / "notebooks") in here.parents
    if os.environ.get("COURSE_QUIET") or not in_course:
        return None
    return ROOT / "my_work" if (ROOT / "my_work").is_dir() else None


def own_variant() -> str:
    """Return whose numbers the questions use: the text in ``my_work/.variant``, or "course"."""
    folder = my_work()
    file = folder / ".variant" if folder else None
    own = cells.decode(file.read_bytes()).strip() if file and file.exists() else ""
    return own or "course"


def remember(report: "Report", answer: object = None) -> int:
    """Note one check of an exercise; return the number of honest tries without a pass so far.

    answer: what was checked. The same wrong answer checked again, as *Run all* does, is no new try.
    """
    folder = folder_of_drawn() if "@" in report.name else my_work()
    if folder is None or not report.attempted:
        return 0
    before = recall(folder).get(report.name)
    record = dict(before or {"passed": False, "tries": 0, "best": 0})
    record["passed"] = record["passed"] or report.passed
    record["best"] = max(record["best"], report.earned)
    record["points"] = report.points
    record["last"] = time.strftime("%Y-%m-%d %H:%M:%S")
    tried = record.setdefault("tried", [])
    mark = fingerprint(answer)
    if not record["passed"] and (answer is None or mark not in tried):
        record["tries"] += 1
        record["tried"] = [*tried, mark][-MOST:]
    record = boxes.moved(record, passed=report.passed, before=before, today=date.today())
    _write(folder, report.name, record)
    if "@" in report.name and report.passed:
        _move_what_it_stands_for(folder, report.name)
    return record["tries"]


def _move_what_it_stands_for(folder: Path, name: str) -> None:
    """Let the exercises that a drawn task stands for wait longer, if they were due."""
    for other, record in recall(folder).items():
        stands = "@" not in other and practised(other) == practised(name)
        if stands and record["passed"] and boxes.due(record, date.today()):
            later = boxes.moved(record, passed=True, before=record, today=date.today())
            _write(folder, other, later)


def give_up(name: str) -> None:
    """Note that the answer of a drawn task was looked at before it was found."""
    folder = folder_of_drawn()
    if folder is None:
        return
    record = recall(folder).get(name, {"passed": False, "tries": 0, "best": 0})
    if not record["passed"]:
        record |= {"given_up": True, "last": time.strftime("%Y-%m-%d %H:%M:%S")}
        _write(folder, name, boxes.moved(record, passed=False, before=None, today=date.today()))


def _write(folder: Path, name: str, record: dict[str, Any]) -> None:
    text = json.dumps(record, indent=1) + "\n"
    cells.write_text(text, folder / ".progress" / f"{name}.json")


def recall(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what is known of each exercise, {name: record}; a damaged file counts as no record."""
    records = {}
    for file in sorted((Path(folder) / ".progress").glob("*.json")):
        try:
            record = _record(json.loads(cells.decode(file.read_bytes())))
        except (OSError, ValueError, TypeError, OverflowError, RecursionError, KeyError):
            continue
        records[file.stem] = record
    return records


def _record(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a record as it was stored, without what is no part of one."""
    record = {
        "passed": bool(stored["passed"]),
        "tries": int(stored["tries"]),
        "best": int(stored["best"]),
    }
    kinds: dict[str, Any] = {"points": int | float, "last": str, "tried": list}
    kinds |= {"box": int, "since": str, "given_up": bool}
    for key, kind in kinds.items():
        if isinstance(stored.get(key), kind):
            record[key] = stored[key]
    return record


def forget(folder: Path, name: str) -> None:
    """Remove the record of one exercise."""
    (Path(folder) / ".progress" / f"{name}.json").unlink(missing_ok=True)
