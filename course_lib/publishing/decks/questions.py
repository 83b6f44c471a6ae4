"""A lesson as questions, each a list of blocks for its slides, with what is said beside them."""

import ast
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbconvert.filters import ansi2html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course_lib.exercises.catalogue import answers_of
from course_lib.files import cells
from course_lib.lessons import Lesson
from course_lib.publishing.decks import prose
from course_lib.publishing.decks.said import Said, Vote, said
from course_lib.publishing.shown import wide

SHOWS = re.compile(
    r"(?:pictures\.)?(?:show\w*|reveal\w*|play|drag_\w+|browse_\w+)\(|print\(\"The result:\"\)"
)
DRAWS = re.compile(r"(?:pictures\.)?draw_\w+\(")
HEADING = re.compile(r"^#{1,2} (.+)\n?", re.MULTILINE)
NAVIGATION = re.compile(r"^.*\.ipynb.*\n?", re.MULTILINE)
LABEL = re.compile(r"\AThe result:(?:\n|\Z)")  # of what is hidden: on a slide it would say nothing
FOLD = re.compile(r"<details[^>]*><summary[^>]*>.*?</summary>(.*)</details>$", re.DOTALL)
SKIPPED = ("skip", "notes")
MOST_MISTAKES = 6
WHOLE = {"recap": 68, "onward": 60}  # words of a list that keeps its items


@dataclass
class Block:
    """A part of a slide.

    step: what has the same appears together. notes: said with it, HTML. hidden: a result that waits
    for its guess. heading: what its page is headed from here on, "" for the question as before.
    """

    html: str
    kind: str
    step: int
    cell: str
    notes: list[str] = field(default_factory=list)
    hidden: bool = False
    heading: str = ""


@dataclass
class Question:
    """A question of a lesson, or another of its parts: the title, the map, the recap."""

    title: str
    cell: str
    minutes: int = 0
    cut: int | None = None
    blocks: list[Block] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)  # said before anything but the title is seen
    closing: list[str] = field(default_factory=list)  # for when the room asks


def questions(lesson: Lesson, track: str) -> list[Question]:
    """Return the questions of a lesson.

    Raises:
        Trouble: a cell's metadata says what can't be meant.
    """
    place, found, step, hook, heading = lesson.place(track), [], 0, "", ""
    for number, cell in enumerate(cells.read(lesson.path(track))["cells"]):
        kind = cell["metadata"].get("slideshow", {}).get("slide_type", "-")
        told = said(cell, place)
        if kind in SKIPPED:
            continue
        step += kind != "-"
        if kind == "slide" or not found:
            title, minutes, cell = _opened(cell, number)
            found.append(Question(title or hook, cell["id"], minutes, told.cut))
            heading = ""
            if number == 0:  # the title's slide has the goals; its question heads the map
                found[0].title, _, hook = title.partition(" — ")
                hook = _capital(hook)
            found[-1].closing += _closing(told, place, title)
        before, heading = len(found[-1].blocks), told.heading or heading
        if cell["cell_type"] == "markdown":
            step = _text(cell, told, found[-1], step)
        elif cell["cell_type"] == "code":
            step = _code(cell, told, found[-1], step)
        for block in found[-1].blocks[before : before + 1]:  # a cell may show nothing
            block.heading, heading = heading, ""
    for question in found:
        _try_first(question.blocks)
    return found


def _try_first(blocks: list[Block]) -> None:
    """Move the answer to what is tried in a widget behind that widget, to the step after it."""
    for at, block in enumerate(blocks):
        if not block.html.startswith('<div class="answer">'):
            continue
        tried = []
        for later in blocks[at + 1 :]:
            if later.cell != blocks[at + 1].cell:
                break
            tried.append(later)
        if any("course-drag" in each.html for each in tried):
            block.step = tried[-1].step
            for each in (block, *blocks[at + len(tried) + 1 :]):
                each.step += 1
            blocks[at : at + len(tried) + 1] = [*tried, block]


def asks_first(lesson: Lesson, track: str) -> str:
    """Return the question of a lesson's title, in the words of its track."""
    first = cells.read(lesson.path(track))["cells"][0]
    title, _, _ = _opened(first, 0)
    return _capital(title.partition(" — ")[2]) or lesson.question


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _opened(cell: Mapping[str, Any], number: int) -> tuple[str, int, dict]:
    """Return (title, minutes, the cell without them) of a cell that opens a question."""
    source = cells.source(cell) if cell["cell_type"] == "markdown" else ""
    minutes = prose.MINUTES.search(source)
    source = prose.MINUTES.sub("", source, count=1)
    title = HEADING.search(source)
    source = HEADING.sub("", source, count=1)
    if number == 0:
        source = NAVIGATION.sub("", source)
    shown = {**cell, "source": source} if cell["cell_type"] == "markdown" else dict(cell)
    return title.group(1) if title else "", int(minutes.group(1)) if minutes else 0, shown


def _text(cell: Mapping[str, Any], told: Said, question: Question, step: int) -> int:
    """Add the blocks of a Markdown cell; return the step that was reached.

    A vote stands where its guess stands: what the cell goes on with may be the answer.
    """
    shown_parts = list(prose.parts(cells.source(cell), WHOLE.get(question.cell, 0)))
    if not question.minutes and cell["id"] == question.cell == "title":
        shown_parts = [
            (s if s.startswith(("<ul", "<ol")) else _lead(n), n or s, a) for s, n, a in shown_parts
        ]
    if question.minutes and shown_parts and (ends := prose.asked(shown_parts[-1][1])):
        shown_parts[-1] = ends, *shown_parts[-1][1:]
    if told.slide is not None:
        spoken = prose.spoken(cells.source(cell))
        slide = prose.html_of(told.slide).replace("<blockquote>", '<blockquote class="guess">')
        shown_parts = [(slide if told.slide else "", spoken, False)]
    if told.vote:
        ballot = _ballot(told.vote), _reveals(told.vote), False
        guesses = [number for number, (s, _, _) in enumerate(shown_parts) if asks(s)]
        at = guesses[0] if guesses else len(shown_parts)
        shown_parts[at : at + 1] = [ballot]
    first = len(question.blocks)
    before = ""  # said with the next part: what the page's heading shows already
    for full, spoken, answer in shown_parts:
        shown, spoken, before = _unheaded(full, told.heading), before + spoken, ""
        if full and not shown:
            before = spoken
            continue
        step += answer or bool(shown and _waits(question))
        _add(question, shown, "text", step, cell["id"], spoken)
    if before:
        _add(question, "", "text", step, cell["id"], before)
    if told.notes:  # what to do is due where the cell begins, also if its end is on another page
        own = question.blocks[first : first + 1] or question.blocks[-1:]
        (own[0].notes if own else question.opening).append(prose.html_of(told.notes))
    return step


def _unheaded(shown: str, heading: str) -> str:
    """Return what is shown without a paragraph that says what its page is headed."""
    if not heading:
        return shown
    soup = BeautifulSoup(shown, "html.parser")
    same = BeautifulSoup(prose.html_of(heading), "html.parser").get_text().strip()
    found = [part for part in soup.find_all("p") if part.get_text().strip() == same]
    for part in found:
        part.decompose()
    return str(soup).strip() if found else shown


def _lead(paragraph: str) -> str:
    """Return the words that lead to a title's goals, "Afterwards you can"; "" where none do."""
    lead = re.search(r"<strong>([^<]*[^<.:])</strong></p>$", paragraph)
    return f"<p>{lead.group(1)}</p>" if lead else ""


def asks(shown: str) -> bool:
    """Say whether a block is a guess, a vote or another question to the room."""
    return bool(re.search(r'class="(guess|vote|asked)"', shown))


def _waits(question: Question) -> bool:
    """Say whether the last block asks the room: what comes after it is a step of its own."""
    return bool(question.blocks) and asks(question.blocks[-1].html)


def _add(question: Question, shown: str, kind: str, step: int, cell: str, spoken: str = "") -> None:
    """Add a block; what is said without anything to see goes to the block before it."""
    if shown:
        question.blocks.append(Block(shown, kind, step, cell, [spoken] if spoken else []))
    elif spoken:
        (question.blocks[-1].notes if question.blocks else question.opening).append(spoken)


def _code(cell: Mapping[str, Any], told: Said, question: Question, step: int) -> int:
    """Add a code cell's source and outputs; return the step that was reached."""
    fold = cell["metadata"].get("jupyter", {})
    source = "" if fold.get("source_hidden") or told.slide == "" else listing(cells.source(cell))
    if source:
        step += _waits(question)
        _add(question, f'<pre class="code">{source}</pre>', "code", step, cell["id"])
    elif told.slide == "":
        _add(question, "", "code", step, cell["id"], _checked(cells.source(cell)))
    waits = bool(cell["outputs"] and fold.get("outputs_hidden"))
    step += waits
    outputs = cell["outputs"]
    if _only_labels(cells.source(cell)):
        outputs = [each for each in outputs if _drawn(each)]
    if not any(FOLD.match(_output(each)) for each in outputs):
        outputs = sorted(outputs, key=_drawn)  # what is printed stays with its code
    for output in outputs:
        shown = _output(output)
        opened = FOLD.match(shown)
        if opened:
            shown, step = opened.group(1), step + 1
        if shown:
            step += _waits(question)
            block = Block(shown, "output", step, cell["id"], hidden=waits or bool(opened))
            question.blocks.append(block)
    if told.notes:
        _add(question, "", "output", step, cell["id"], prose.html_of(told.notes))
    return step


def _checked(source: str) -> str:
    """Return what to say of code that is left off: which lines of the lesson it checks."""
    numbers = (
        dict.fromkeys(re.findall(r"#.*?\((\d+[a-z]?)\)", source)) if "assert" in source else {}
    )
    lines = ", ".join(f"({number})" for number in numbers)
    return f"<p>Checked by the lesson's code: {lines}.</p>" if lines else ""


def listing(source: str) -> str:
    """Return a cell's source in HTML, without what only shows something or is only shown."""
    if _only_labels(source):
        return ""
    lines = source.splitlines()
    for node in reversed(_only_shown(source)):
        del lines[node.lineno - 1 : node.end_lineno]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(text).body):
        return ""
    return highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip() if text else ""


def _only_labels(source: str) -> bool:
    """Say whether a cell shows something and else prints words for it: a slide needs no label."""
    gone = {ast.dump(node) for node in _only_shown(source)}
    rest = [node for node in ast.parse(source).body if ast.dump(node) not in gone]
    called = [node.value for node in rest if isinstance(node, ast.Expr)]
    labels = [
        call
        for call in called
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "print"
        and all(isinstance(each, ast.Constant) for each in call.args)
    ]
    others = [node for node in rest if not isinstance(node, ast.Import | ast.ImportFrom)]
    return bool(gone) and bool(labels) and len(labels) == len(others)


def _only_shown(source: str) -> list[ast.stmt]:
    """Return the calls that show something, and what is put into words or drawn for them alone."""
    body = ast.parse(source).body

    def begins(node: ast.AST, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.match(ast.get_source_segment(source, node) or ""))

    gone: list[ast.stmt] = [n for n in body if isinstance(n, ast.Expr) and begins(n, SHOWS)]
    for node in reversed(body):
        rest = [other for other in body if other not in gone and other is not node]
        names = {n.id for other in rest for n in ast.walk(other) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name not in names and (begins(node.value, DRAWS) or _is_plain(node.value)):
                used = any(
                    name == n.id for g in gone for n in ast.walk(g) if isinstance(n, ast.Name)
                )
                gone += [node] if used else []
        elif isinstance(node, ast.Expr) and begins(node, re.compile(r"figure\.")):
            gone.append(node)
    return sorted(gone, key=lambda node: node.lineno)


def _is_plain(value: ast.expr) -> bool:
    """Say whether a value is words, or what is there already put into rows: nothing is computed."""
    listed = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    if all(isinstance(each, ast.Constant | ast.JoinedStr) for each in listed):
        return True
    calls = [node.func for node in ast.walk(value) if isinstance(node, ast.Call)]
    operators = [n for n in ast.walk(value) if isinstance(n, ast.BinOp)]
    return not operators and all(
        isinstance(call, ast.Name) and call.id in ("dict", "enumerate", "list", "range", "zip")
        for call in calls
    )


def _drawn(output: Mapping[str, Any]) -> bool:
    return output["output_type"] != "stream"


def _output(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    if output["output_type"] == "stream":
        text = LABEL.sub("", "".join(output["text"]), count=1).rstrip()
        return f'<pre class="out">{ansi2html(text)}</pre>' if text else ""
    if "text/html" in data:
        return wide("".join(data["text/html"])).strip()
    return f'<pre class="out">{html.escape("".join(data.get("text/plain", "")))}</pre>'


def _ballot(vote: Vote) -> str:
    items = "".join(f"<li>{html.escape(text)}</li>" for text, _ in vote.choices)
    ask = html.escape(vote.ask)
    return f'<div class="vote"><p><b>Vote.</b> {ask}</p><ol type="A">{items}</ol></div>'


def _reveals(vote: Vote) -> str:
    letters = "ABCD"
    lines = "".join(
        f"<li><b>{letters[n]}{', right' * (n == vote.right)}.</b> {html.escape(reveals)}</li>"
        for n, (_, reveals) in enumerate(vote.choices)
    )
    return f"<p><b>Vote.</b> What each choice reveals:</p><ul>{lines}</ul>"


def _closing(told: Said, place: str, title: str) -> list[str]:
    """Return what the room may ask, and the mistakes that the exercises know for this question."""
    found = []
    if told.asked:
        asked = "".join(f"<li><b>{html.escape(q)}</b> {html.escape(a)}</li>" for q, a in told.asked)
        found.append(f"<p><b>They may ask:</b></p><ul>{asked}</ul>")
    mistakes = [
        f"<li>{mistake.slug.replace('-', ' ')}: {html.escape(mistake.hint)}</li>"
        for name in _exercises(place)
        for mistake in answers_of(name).misconceptions
        if mistake.reread == f"{place}: {title}"
    ]
    mistakes = list(dict.fromkeys(mistakes))  # two exercises may know the same
    if mistakes:
        shown = "".join(mistakes[:MOST_MISTAKES])
        found.append(f"<p><b>Mistakes that wait here:</b></p><ul>{shown}</ul>")
    return found


def _exercises(place: str) -> list[str]:
    from course_lib.exercises import names

    return names(place)


def words(shown: str) -> int:
    """Return how many words a block has besides code, formulas and tables."""
    soup = BeautifulSoup(shown, "html.parser")
    for tag in soup.find_all(["pre", "code", "table", "svg", "script", "style"]):
        if isinstance(tag, Tag):
            tag.decompose()
    return len(re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", soup.get_text(" "), flags=re.S).split())
