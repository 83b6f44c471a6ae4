"""The teacher's guide: what can be had without solving, from the stored measurement."""

import json
import re
from collections.abc import Iterable, Mapping

from course_lib.lessons import ROOT
from course_lib.publishing.shapes import between

RESULTS = ROOT / "benchmarks" / "results" / "cheating.json"
COUNTED = "functions and classes"
APART = r"0|\d+ order_"  # kinds that are right in another way, or of the lines to put in order
Points = Mapping[str, float]  # by exercise


def guide(text: str) -> str:
    """Return docs/teaching.md with the table of points by kind of cheat, before and after.

    Where nothing is stored (a copy without ``benchmarks/``), the text stays as it is.
    """
    if not RESULTS.exists():
        return text
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    before, after = found["before"], found["after"]
    kinds = {name: cheat["kind"] for name, cheat in after["by cheat"].items()}
    counted = [kind for kind in after["by kind"] if not re.match(APART, kind)]
    rows = [
        f"| kind of cheat | first edition, of {before['of'][COUNTED]:g} points "
        f"| now, of {after['of'][COUNTED]:g} |",
        "|---|---|---|",
    ]
    for kind in counted:
        had = [_best(_of_kinds(made, kinds, [kind])) for made in (before, after)]
        rows.append(f"| {kind.partition(' ')[2]} | {had[0]:g} | {had[1]:g} |")
    had = [_best(_of_kinds(made, kinds, counted)) for made in (before, after)]
    rows.append(
        f"| **the best of these, exercise by exercise** | **{had[0]:g}** | **{had[1]:g}** |"
    )
    return between(text, "cheats", "\n".join(rows), place="docs/teaching.md")


def _of_kinds(made: Mapping, kinds: Mapping[str, str], wanted: Iterable[str]) -> list[Points]:
    """Return what each cheat of these kinds earned, by exercise."""
    cheats = made["by cheat"].items()
    return [each["of exercises"] for name, each in cheats if kinds.get(name) in set(wanted)]


def _best(several: Iterable[Points]) -> float:
    """Return the points of the best for each exercise, without the lines to put in order."""
    best: dict[str, float] = {}
    for points in several:
        for name, earned in points.items():
            if not name.startswith("order_"):
                best[name] = max(earned, best.get(name, 0))
    return round(sum(best.values()), 2)
