"""When to meet a thing again: boxes after Leitner. What goes well waits longer and longer.

Source:
    S. Leitner, So lernt man lernen, 1972.
"""

from datetime import date, timedelta
from typing import Any

DAYS = (1, 3, 7, 21, 60)  # how long a thing waits in each box
Record = dict[str, Any]


def placed(record: Record) -> tuple[int, date]:
    """Return the box of a record and the day since when it lies there.

    What was passed at once begins in the second box; what was failed, or needed a hint, in the
    first.
    """
    if "box" in record:
        return min(max(record["box"], 0), len(DAYS) - 1), _day(record.get("since"))
    at_once = record["passed"] and not record["tries"] and not record.get("given_up")
    return int(at_once), _day(record.get("last"))


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return date.min + timedelta(days=DAYS[-1])


def due(record: Record, today: date) -> bool:
    """Say whether a thing has waited as long as its box says."""
    box, since = placed(record)
    return today >= since + timedelta(days=DAYS[box])


def moved(record: Record, *, passed: bool, before: Record | None, today: date) -> Record:
    """Return a record with its box after a check: up after a wait, back to the first if it failed.

    before: the record as it was; None if there was none.
    """
    if not passed:
        box, since = 0, today
    elif before is None or not before["passed"]:
        box, since = int(not record["tries"] and not record.get("given_up")), today
    elif due(before, today):
        box, since = min(placed(before)[0] + 1, len(DAYS) - 1), today
    else:
        box, since = placed(before)
    return record | {"box": box, "since": since.isoformat()}
