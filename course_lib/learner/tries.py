"""What a learner has tried: one small file an exercise, in ``my_work/.progress``.

Nothing is written unless the notebook that runs lies in ``my_work``.
"""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.files import cells
from course_lib.learner.fingerprint import fingerprint

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
    folder = my_work()
    if folder is None or not report.attempted:
        return 0
    record = recall(folder).get(report.name, {"passed": False, "tries": 0, "best": 0})
    record["passed"] = record["passed"] or report.passed
    record["best"] = max(record["best"], report.earned)
    record["points"] = report.points
    record["last"] = time.strftime("%Y-%m-%d %H:%M:%S")
    tried = record.setdefault("tried", [])
    mark = fingerprint(answer)
    if not record["passed"] and (answer is None or mark not in tried):
        record["tries"] += 1
        record["tried"] = [*tried, mark][-MOST:]
    text = json.dumps(record, indent=1) + "\n"
    cells.write_text(text, folder / ".progress" / f"{report.name}.json")
    return record["tries"]


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
    for key, kind in (("points", int | float), ("last", str), ("tried", list)):
        if isinstance(stored.get(key), kind):
            record[key] = stored[key]
    return record


def forget(folder: Path, name: str) -> None:
    """Remove the record of one exercise."""
    (Path(folder) / ".progress" / f"{name}.json").unlink(missing_ok=True)
