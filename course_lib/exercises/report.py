"""What comes of an examination: a report, in words for people and as JSON for programs."""

import textwrap
from dataclasses import asdict, dataclass

WIDE = 92  # letters in a line of what is shown


@dataclass(frozen=True)
class Probed:
    """What came of one probe: its share of the points, what holds if it passes, what was seen.

    symptom: what was measured where it does not hold; None if it does.
    """

    name: str
    points: int
    holds: str
    symptom: str | None = None


@dataclass(frozen=True)
class Report:
    """What came of an examination. ``earned`` is from 0 to ``points``; ``seed`` repeats it.

    diagnosis: the name of the mistake, None if there is none. symptom: what happened; hint: where
    to look; reread: which question of which lesson to read again; each None where there is none.
    """

    name: str
    passed: bool
    attempted: bool
    earned: int
    points: int
    diagnosis: str | None = None
    symptom: str | None = None
    hint: str | None = None
    reread: str | None = None
    probes: tuple[Probed, ...] = ()
    seed: int | None = None
    variant: str | None = None

    @property
    def head(self) -> str:
        """The first line: the exercise and its points."""
        if not self.attempted:
            return f"○ {self.name}: {self.said}"
        if self.passed:
            return f"✓ {self.name}: {self.earned} of {self.points} points."
        return f"✗ {self.name}: {self.earned} of {self.points} points so far."

    @property
    def said(self) -> str:
        """All but the points: what held, or what happened and where to look."""
        if not self.attempted:
            return "not attempted yet. Replace the placeholder with your answer and run again."
        if self.passed:
            return f"What held: {'; '.join(probe.holds for probe in self.probes)}."
        held = "; ".join(probe.holds for probe in self.probes if not probe.symptom)
        lines = {
            "What holds already": f"{held}." if held and self.earned else None,
            "What happened": self.symptom,
            "Where to look": self.hint,
            "Read again": self.reread,
        }
        return "\n".join(f"{label}: {text}" for label, text in lines.items() if text)

    @property
    def message(self) -> str:
        """Everything that a learner is told."""
        if not self.attempted:
            return self.head
        return f"{self.head}{' ' if self.passed else chr(10)}{self.said}"

    @property
    def shown(self) -> str:
        """The message in lines that fit: a notebook breaks a long one in the middle of a word."""
        return "\n".join(_whole_words(line) for line in self.message.splitlines())

    def share(self, points: float) -> float:
        """Return what is earned where the exercise is worth other points than the course's.

        Example:
            >>> Report("dot", False, True, 1, 3).share(2.5)
            0.83
        """
        if self.earned == self.points:
            return points
        return round(points * self.earned / self.points, 2)

    def as_json(self) -> dict:
        """Return a dictionary of plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict) -> "Report":
        """Return the report that ``as_json`` wrote.

        Raises:
            ValueError: it is none.
        """
        try:
            probes = tuple(Probed(**probe) for probe in plain["probes"])
            return cls(**{**plain, "probes": probes})
        except (TypeError, KeyError) as error:
            raise ValueError(f"this is no report of a check: {error}") from None


class CheckFailed(AssertionError):
    """An answer that is not right yet. In a notebook only the message is shown, no traceback."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.message)
        self.report = report

    def _render_traceback_(self) -> list[str]:
        return self.report.shown.splitlines()


def _whole_words(line: str) -> str:
    """Return a line broken where it is too wide, between words."""
    if len(line) <= WIDE:
        return line
    return textwrap.fill(line, WIDE, break_long_words=False, break_on_hyphens=False)
