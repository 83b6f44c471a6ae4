"""Pages to read: each student's feedback, and the class at one look."""

import html
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from course_lib import __version__
from course_lib.exercises.catalogue import answers_of
from course_lib.grading import finished, servers, texts
from course_lib.grading.gradebook import Row, out_of, short, strangers
from course_lib.grading.marks import TO_READ, Mark
from course_lib.grading.runs import Run

NO_MISTAKE = (
    None, "not-attempted", "not-marked", "not-handed-in", "missing", "stopped", "raises", TO_READ,
)  # fmt: skip
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;
color:#1a1a1a;background:#fff}pre{background:#f3f3f3;padding:.8rem;overflow:auto;white-space:pre-wrap}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3rem .7rem;text-align:left}
.asked{color:#444;white-space:pre-wrap}
.said{border-left:4px solid #0b62a4;padding-left:.8rem;white-space:pre-wrap}img{max-width:100%}"""


def feedback(run: Run, mark: Mark) -> str:
    """Return a student's feedback page: each probe, their code, where to look."""
    known = run.release.by_id(mark.student)
    titles, asked = texts.titles(run.notebook), texts.docstrings(run.notebook)
    rows, parts = [], []
    for each in mark.exercises:
        name, title = _html(each.name), texts.inline(titles.get(each.name, f"`{each.name}`"))
        points = f"{'–' if each in mark.to_read else short(each.earned)} of {short(each.points)}"
        rows.append(f'<tr><td><a href="#{name}">{title}</a></td><td>{points}</td></tr>')
        parts.append(f'<h2 id="{name}">{title}: {points} points</h2>')
        if each.by_hand:
            parts.append(f"<p>Set by your teacher: {_html(each.by_hand)}</p>")
        if each.name in asked:
            parts.append(f"<div class=asked>{texts.paragraphs(asked[each.name])}</div>")
        said = each.said or "Nothing was handed in for this one."
        parts.append(f"<p class=said>{texts.inline(said)}</p>{_probes(each)}")
        if each.code:
            parts.append(f"<pre><code>{_html(each.code.strip())}</code></pre>")
    if mark.cells:
        listed = "".join(
            f"<li><code>{_html(each.cell)}</code>: {_html(each.error)}</li>" for each in mark.cells
        )
        parts.append(f"<h2>Cells that raised an error</h2><ul>{listed}</ul>")
    told = [mark.problem, *mark.notes, "When it came is not known." if mark.late is None else None]
    notes = "".join(f"<p class=said>{texts.inline(each)}</p>" for each in told if each)
    total = "Not all is judged yet: –" if mark.to_read else short(mark.total)
    late = " It came after the due date." if mark.late else ""
    file = f", for the file <code>{_html(mark.file)}</code>" if mark.file else ""
    return _page(
        f"{run.release.lesson}: {known.name if known else mark.student}",
        f"<p>{total} of {out_of(run)} points{file}.{late}</p>{notes}"
        f"<table><tr><th>exercise</th><th>points</th></tr>{''.join(rows)}</table>{''.join(parts)}",
    )


def _probes(each):
    """Return the table of an exercise's probes, with the points that the release gives them."""
    whole = sum(probe.points for probe in each.probes)
    lines = []
    for probe in each.probes:
        worth = short(round(each.points * probe.points / whole, 2)) if whole else 0
        symptom = f" <i>{texts.inline(probe.symptom)}</i>" if probe.symptom else ""
        sign = "✗" if probe.symptom else "✓"
        text = f"{sign} {texts.inline(probe.holds)}{symptom}"
        lines.append(f"<tr><td>{text}</td><td>{worth}</td></tr>")
    head = "<tr><th>what was examined</th><th>worth</th></tr>"
    held = not each.earned and each.diagnosis not in ("shortcut", TO_READ)
    held = held and not all(probe.symptom for probe in each.probes)
    aside = "<p>What holds here would hold for a constant, too: it counts beside the rest.</p>"
    return f"<table>{head}{''.join(lines)}</table>{aside if held else ''}" if lines else ""


def is_judged(mark: Mark) -> bool:
    """Say whether answers of a mark were judged, by the course or by hand."""
    by_hand = any(each.by_hand for each in mark.exercises)
    return by_hand or not (mark.problem or mark.is_absent or mark.blank)


def misconceptions(marks: Mapping[str, Mark]) -> dict[tuple[str, str], int]:
    """Return {(exercise, misconception): how many students}, the most frequent first."""
    counted = Counter(
        (each.name, each.diagnosis)
        for mark in marks.values()
        for each in mark.exercises
        if each.diagnosis not in NO_MISTAKE and not (each.by_hand and each.earned >= each.points)
    )
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def picture(counts: Mapping[tuple[str, str], int], students: int, file: Path) -> None:
    """Draw the class's misconceptions as bars, for the next lecture."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    shown = dict(list(counts.items())[:15])
    figure = Figure(figsize=(8, 0.6 + 0.35 * max(len(shown), 1)), layout="constrained")
    axes = figure.add_subplot()
    labels = [f"{exercise}: {slug}" for exercise, slug in shown]
    bars = axes.barh(labels[::-1], list(shown.values())[::-1], color="#0b62a4")
    axes.bar_label(bars, padding=3)
    axes.set_xlim(0, max(students, 1) * 1.05)
    axes.set_xlabel(f"students, of {students}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    if not shown:
        axes.set_yticks([])
        axes.set_title("no mistake was named")
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)


def summary(
    run: Run, marks: Mapping[str, Mark], rows: Sequence[Row], counts: Mapping[tuple[str, str], int],
    strength: str,
) -> str:  # fmt: skip
    """Return the page for the teacher: the class, its misconceptions, how safe the marking was."""
    hints = _hints(run, marks, counts)
    lines = []
    for (name, slug), count in counts.items():
        columns = (_html(name), _html(slug), str(count), hints.get((name, slug), ""))
        lines.append("<tr>" + "".join(f"<td>{text}</td>" for text in columns) + "</tr>")
    judged = [mark for mark in marks.values() if is_judged(mark)]
    alt = "; ".join(f"{n}: {s}, {c} students" for (n, s), c in counts.items()) or "no mistakes"
    facts = {
        "students": len(marks),
        **_who(run, marks),
        f"median of the {len(judged)} marked": (
            f"{statistics.median(mark.total for mark in judged):g} of {out_of(run)}"
            if judged
            else "nobody is"
        ),
        "walls": servers.STRENGTHS[strength],
        "seed of the inputs": run.seed,
        **versions(marks),
    }
    listed = "".join(f"<tr><th>{_html(k)}</th><td>{_html(v)}</td></tr>" for k, v in facts.items())
    head = "<tr><th>exercise</th><th>mistake</th><th>students</th><th>hint that they got</th></tr>"
    return _page(
        f"{run.release.lesson}: the class",
        f"<table>{listed}</table><h2>Which mistakes were how frequent?</h2>"
        f'<img src="misconceptions.png" alt="{_html(alt)}"><table>{head}{"".join(lines)}</table>',
    )


def _hints(run, marks, counts):
    """Return {(exercise, mistake): the hint and what to reread}.

    Where each has a task of their own, it is what the first got who made the mistake.
    """
    keys = {}
    for name, slug in counts:
        makers = (mark.student for mark in marks.values() if mark.of(name).diagnosis == slug)
        keys[name, slug] = run.key(next(makers), name)
    return {
        (name, slug): f"{texts.inline(known.hint)} <i>{texts.inline(known.reread)}</i>"
        for (name, slug), key in keys.items()
        for known in answers_of(key).misconceptions
        if known.slug == slug
    }


def _who(run, marks):
    """Return whom to look at, {what about them: how many, and who}."""
    found = {
        "handed nothing in": [s for s, m in marks.items() if m.is_absent and not m.blank],
        "could not be read": [s for s, m in marks.items() if m.problem and not m.is_absent],
        "not marked": [s for s, m in marks.items() if m.blank and m.is_absent],
        "whose it is nobody knows": [s for s, m in marks.items() if m.claims],
        "not in the roster": strangers(run, marks),
        "late": [s for s, m in marks.items() if m.late],
        "when it came is not known": [s for s, m in marks.items() if m.late is None],
        "set by hand": [s for s, m in marks.items() if any(e.by_hand for e in m.exercises)],
        "judged by other tasks or answers than today's": [
            s for s, m in marks.items() if finished.is_old(run, m)
        ],
    }
    for kind, said in (
        ("not-attempted", "not attempted"), ("missing", "not defined"),
        ("stopped", "was stopped"), ("raises", "raised an error"),
    ):  # fmt: skip
        found[f"an answer {said}"] = [
            s for s, m in marks.items() if any(e.diagnosis == kind for e in m.exercises)
        ]
    return {about: _some(run, who) for about, who in found.items() if who}


def _some(run, students):
    """Return how many they are, and the first ten by name: "2: Ada Example (student-01), bob"."""
    known = [(run.release.by_id(student), student) for student in students[:10]]
    names = [
        f"{one.name} ({student})" if one and one.name not in ("", student) else student
        for one, student in known
    ]
    return f"{len(students)}: {', '.join(names)}{' …' if len(students) > 10 else ''}"


def versions(marks: Mapping[str, Mark]) -> dict[str, str]:
    """Return what the marks hang on: the versions of the course, and of what computed."""
    judged = Counter(m.version or "the first edition" for m in marks.values() if m.file)
    others = [f"{count} by {judge}" for judge, count in sorted(judged.items())]
    mixed = set(judged) - {__version__}
    return {
        "course": f"{__version__} (marks: {', '.join(others)})" if mixed else __version__,
        "python": sys.version.split()[0],
        "numpy": version("numpy"),
        "torch": version("torch"),
    }


def _page(title, body):
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_html(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{_html(title)}</h1>{body}</body></html>\n"
    )


def _html(text):
    return html.escape(str(text))
