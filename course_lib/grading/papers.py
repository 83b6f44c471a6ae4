"""An exam on paper: a page a student to print, and the teacher's file with answers and a sheet."""

import html
from collections.abc import Mapping, Sequence

from course_lib.grading import drawn, texts
from course_lib.grading.releases import Student
from course_lib.practice import Specification
from course_lib.practice.drawing import Drawn

STYLE = """body{font:11pt/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;
color:#1a1a1a;background:#fff}
pre{background:#f3f3f3;padding:.6rem;font-size:9.5pt;line-height:1.25;white-space:pre-wrap}
h1{font-size:17pt}h2{font-size:13pt;border-top:1px solid #888;padding-top:.7rem;margin-top:1.6rem}
table{border-collapse:collapse}td,th{border:1px solid #999;padding:.25rem .5rem;text-align:left}
.who{display:flex;justify-content:space-between;border:1px solid #888;padding:.6rem}
.points{float:right;border:1px solid #888;padding:.2rem .8rem}
.room{border:1px solid #bbb;min-height:26px;margin-top:.8rem;padding:.5rem;
font-family:ui-monospace,monospace;font-size:9.5pt;break-inside:avoid;
background:repeating-linear-gradient(#fff 0 25px,#ddd 25px 26px)}
.box{display:inline-block;width:1em;height:1em;border:1px solid #333;vertical-align:-.15em}
.told{list-style:none;padding-left:0}.wide td{min-width:3rem;height:1.4rem}
@page{size:A4;margin:1.6cm}
@media print{body{margin:0;max-width:none;padding:0}.task{break-before:page}
.task:first-of-type,.short{break-before:auto}.short{break-inside:avoid}pre{break-inside:avoid}}"""
WRITE = (
    "<p>A function is written in Python with NumPy (<code>np</code>); a part that works earns its "
    "points.</p>"
)
LINES = 3  # of room for each line of a right answer, and no fewer than LEAST
LEAST = 10


def plain(text: str) -> str:
    """Return a text that is no Markdown and no HTML: what stands in it is shown."""
    return html.escape("".join(f"\\{c}" if c in r"\`*_[]#" else c for c in text), quote=False)


def paper(
    title: str, student: Student, minutes: int, tasks: Sequence[Drawn], points: Sequence[float]
) -> str:
    """Return a student's exam as a page to print: each question, and room to answer it."""
    called = drawn.answers([task.name for task in tasks])
    parts = "".join(map(_task, range(1, len(tasks) + 1), tasks, called, points))
    who = (
        f'<p class="who"><span>{html.escape(student.name)} ({html.escape(student.id)})</span>'
        f"<span>{minutes} minutes</span><span>____ of {sum(points):g} points</span></p>"
    )
    said = WRITE if any(isinstance(task, Specification) for task in tasks) else ""
    return _page(f"{title}: {student.name}", f"<h1>{html.escape(title)}</h1>{who}{said}{parts}")


def _task(number: int, task: Drawn, answer: str, worth: float) -> str:
    """Return a question with its room; what asks for a function begins a page."""
    kind = "task" if isinstance(task, Specification) else "task short"
    asked = _question(number, task, answer, worth)
    return f'<section class="{kind}">{asked}{_room(task, answer)}</section>'


def _question(number: int, task: Drawn, answer: str, worth: float) -> str:
    title, text = drawn.titled(task, answer)
    return (
        f'<h2><span class="points">&emsp; of {worth:g}</span>Task {number}: {html.escape(title)}'
        f"</h2>{texts.page(text)}"
    )


def _room(task: Drawn, answer: str) -> str:
    """Return the box to write into: of a size that tells nothing of the answer."""
    if not isinstance(task, Specification):
        return f'<div class="room">{answer} =</div>'
    signature = f"def {answer}({', '.join(task.arguments)}):"
    height = 26 * max(LEAST, LINES * len(task.kind.axes))
    return f'<div class="room" style="height:{height}px">{html.escape(signature)}</div>'


# The teacher's file -------------------------------------------------------------------------------


def teachers(
    title: str,
    minutes: int,
    extra: Mapping[str, int],
    students: Sequence[tuple[Student, Sequence[Drawn]]],
    points: Sequence[float],
) -> str:
    """Return the one page with all tasks and answers, and a sheet to mark paper by."""
    first = students[0][1]
    plan = "".join(
        f"<li>{task.name}, {worth:g} points, {task.level} of {len(task.kind.axes)} steps differ "
        "from the course's own</li>"
        for task, worth in zip(first, points)
    )
    more = ", ".join(f"{html.escape(student)}: {n} minutes" for student, n in extra.items())
    about = (
        f"<p><b>Not to be handed out.</b> {len(students)} students, {minutes} minutes"
        f"{f' ({more})' if more else ''}, {sum(points):g} points. Everybody has:</p><ol>{plan}</ol>"
    )
    key = "".join(_answers(student, tasks, points) for student, tasks in students)
    sheet = _sheet([student for student, _ in students], points)
    return _page(
        f"{title}: the teacher's file",
        f"<h1>{html.escape(title)}: the teacher's file</h1>{about}"
        f"<h2>Sheet to mark paper by</h2>{sheet}{key}",
    )


def _sheet(students: Sequence[Student], points: Sequence[float]) -> str:
    """Return a table with an empty field for each student and task."""
    head = "".join(f"<th>{number} ({worth:g})</th>" for number, worth in enumerate(points, 1))
    rows = "".join(
        f'<tr><th><a href="#{html.escape(s.id)}">{html.escape(s.name)}</a></th>'
        f"<td>{html.escape(s.id)}</td>{'<td></td>' * (len(points) + 1)}</tr>"
        for s in students
    )
    return (
        f'<table class="wide"><tr><th>name</th><th>id</th>{head}<th>sum</th></tr>{rows}</table>'
        "<p>Points by paper go into <code>overrides.csv</code> (student,exercise,points,reason), "
        "where <code>grade</code> reads them.</p>"
    )


def _answers(student: Student, tasks: Sequence[Drawn], points: Sequence[float]) -> str:
    """Return a student's key: what was drawn, step by step with a box, and a right answer."""
    parts = []
    names = [task.name for task in tasks]
    for number, (task, exercise, answer, worth) in enumerate(
        zip(tasks, drawn.exercises(names), drawn.answers(names), points), start=1
    ):
        title, _ = drawn.titled(task, answer)
        own = {axis: known[0].name for axis, known in task.kind.axes.items()}
        steps = "".join(
            f'<li><span class="box"></span> {html.escape(axis)}: '
            f"{'<b>' if choice.name != own[axis] else ''}{html.escape(_done(choice))}"
            f"{'</b>' if choice.name != own[axis] else ''}</li>"
            for axis, choice in task.options.items()
            if choice.done
        )
        parts.append(
            f"<h3>{number}. {html.escape(title)} ({worth:g}): <code>{exercise}</code>, drawn as "
            f'<code>{task.key}</code></h3><ul class="told">{steps}</ul>'
            f"<pre>{html.escape(_right(task, answer))}</pre>{_mistakes(task)}"
        )
    head = f'<h2 id="{html.escape(student.id)}">{html.escape(student.name)} ({student.id})</h2>'
    return f'<section class="task">{head}{"".join(parts)}</section>'


def _done(choice: object) -> str:
    return str(getattr(choice, "done", "")).replace("`", "")


def _right(task: Drawn, answer: str) -> str:
    """Return a right answer under the name that the exam asks for."""
    if not isinstance(task, Specification):
        return f"{answer} = {task.value!r}"
    return task.source.replace(f"def {task.name}(", f"def {answer}(", 1).rstrip()


def _mistakes(task: Drawn) -> str:
    """Return what a value tells of a mistake, for questions whose answer is one."""
    if isinstance(task, Specification):
        return ""
    known = "; ".join(f"{made()!r} ({slug})" for slug, made in task.neighbours.items())
    return f"<p>Wrong answers that are known: {html.escape(known)}.</p>"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}'
        f"</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )
