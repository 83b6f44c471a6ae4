"""When something came, and whether that was late: moments carry their zone wherever they are read.

A moment is stored as text, "2026-12-01T12:00+01:00". One without a zone, as the first edition wrote
it, is in this machine's time.
"""

import datetime

UNSET = 1980, 2107  # the first and the last year that a zip can say: it says them for want of one


def moment(text: str) -> datetime.datetime:
    """Return the moment of a text, with its zone.

    Raises:
        ValueError: it is none.
    """
    return aware(datetime.datetime.fromisoformat(text))


def aware(when: datetime.datetime) -> datetime.datetime:
    """Return a moment with a zone: this machine's, at that date, unless it has one."""
    return when if when.tzinfo else when.astimezone()


def written(when: datetime.datetime | None) -> str | None:
    """Return a moment as text with its zone, or None for one that is not known."""
    if when is None or when.year in UNSET:
        return None
    try:
        return aware(when).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None


def is_late(arrived: str | None, due: str | None) -> bool | None:
    """Say whether something came after the minute that it was due, or None if nobody can know.

    Example:
        >>> is_late("2026-12-01T12:00:30+01:00", "2026-12-01T11:00+00:00")
        False
        >>> is_late("2026-12-01T12:01+01:00", "2026-12-01T11:00+00:00")
        True
        >>> is_late(None, "2026-12-01T11:00+00:00") is None
        True
    """
    if due is None:
        return False
    try:
        return None if arrived is None else moment(arrived).replace(second=0) > moment(due)
    except (ValueError, OverflowError, OSError):
        return None


def order(text: str | None) -> float:
    """Return what sorts moments; one that is not known comes first."""
    try:
        return moment(text).timestamp() if text else float("-inf")
    except (ValueError, OverflowError, OSError):
        return float("-inf")
