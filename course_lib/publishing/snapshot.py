"""The course's own prose, as the machine of lesson 11 reads it: a text file, kept with a date.

Lessons are mended all the time; a machine that learns from them would learn something else each
time, and no number about it would hold. So it reads a copy, which is made anew only on purpose.
"""

import datetime
import re
from pathlib import Path

import course_lib
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, NOTEBOOKS, ROOT, TRACKS

FILE = ROOT / "course_lib" / "writing" / "course.md"
FIRST_LINE = re.compile(r"<!-- attention-course (\S+), (\w+) track, (\d{4}-\d\d-\d\d) -->")
LEFT_OUT = {"title", "how-to-read", "explain"}  # cells that are links, rules and a table
MOST_NUMBERS = 3  # in a sentence; with more it is a calculation
NO_PROSE = re.compile(r"\$|`|https?://|\[[−-]?\d|/\w+\.\w")  # formula, code, address, vector
ENDS = re.compile(r"([.?!…][\"”’)*]*)\s+(?=\W*[A-Z0-9])")


def take(track: str = "intuition", file: Path = FILE) -> str:
    """Write the snapshot, with the course's version and the day on its first line; say what it is.

    Raises:
        Trouble: there is no such track.
    """
    text = snapshot(track)
    day = datetime.date.today().isoformat()
    first = f"<!-- attention-course {course_lib.__version__}, {track} track, {day} -->"
    file.write_text(f"{first}\n\n{text}", encoding="utf-8", newline="\n")
    return f"{track} track, version {course_lib.__version__}, {day}: {sizes(text)}"


def compare(file: Path = FILE) -> str:
    """Say whether the snapshot is what would be made now, or how far the lessons have moved on.

    Raises:
        Trouble: the file is missing, or its first line does not say what it is.
    """
    first, _, kept = _read(file).partition("\n\n")
    if not (said := FIRST_LINE.fullmatch(first)):
        raise Trouble(f"{file} must begin with a line as {FIRST_LINE.pattern}; make it anew.")
    version, track, day = said.groups()
    now = snapshot(track)
    taken = f"taken from the {track} track of version {version} on {day}"
    if kept == now:
        return f"The snapshot, {taken}, is what would be made now: {sizes(now)}."
    old, new = (set(text.strip().split("\n\n# ")) for text in (kept, now))
    return (
        f"The lessons have moved on since the snapshot was {taken}: of its {len(old)} sections "
        f"{len(old - new)} are no longer so. Made anew, every number that was measured with it "
        "must be measured again (benchmarks/writing.py)."
    )


def _read(file):
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Trouble(f"There is no {file}. Make it: python -m course_lib snapshot") from None


def sizes(text: str) -> str:
    """Return how much text it is, in words."""
    sections = len(re.findall("^# ", text, re.MULTILINE))
    return f"{sections} sections, {len(text):,} characters"


def snapshot(track: str = "intuition", folder: Path = NOTEBOOKS) -> str:
    """Return the prose of a track's lessons, section by section, each below its heading.

    Links lose their addresses and words their asterisks; tables, HTML and code go, and with them
    each sentence that holds a formula, a vector or more than three numbers.

    Raises:
        Trouble: there is no such track, or a lesson that is no notebook.
    """
    if track not in TRACKS:
        raise Trouble(f"There is no track {track!r}; there are {', '.join(TRACKS)}.")
    sections = []
    for lesson in LESSONS:
        path = lesson.path(track, folder)
        if path.exists():
            for cell in cells.read(path)["cells"]:
                if cell["cell_type"] == "markdown" and cell.get("id") not in LEFT_OUT:
                    add(sections, cells.source(cell))
    return "\n\n".join(sections) + "\n"


def add(sections: list[str], markdown: str) -> None:
    """Begin a new section at a heading, or else let the last one go on."""
    text = prose(markdown)
    if text.startswith("# ") or not sections:
        sections.append(text)
    elif text:
        sections[-1] += f"\n\n{text}"


def prose(markdown: str) -> str:
    r"""Return what of a cell is prose: paragraphs and lists, without marks.

    Example:
        >>> prose("## Why *mix*?\n*4 minutes*\n\nSee [03 Lookup](03_lookup.ipynb). It is [2.1, 7].")
        '# Why mix?\n\nSee 03 Lookup.'
    """
    text = re.sub(
        r"```.*?```|\$\$.*?\$\$|<!--.*?-->|<summary>.*?</summary>", "", markdown, flags=re.S
    )
    text = re.sub(r"(?<!`)</?[a-z][^>\n]*>", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\((?!https?:)[^)\s]*\)", r"\1", text)
    lines = [sentences(line) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def sentences(line: str) -> str:
    """Return a line of Markdown without marks and without the sentences that are no prose.

    Example:
        >>> sentences("> - **Both** love it. That makes `3`. (Add 1, 2, 3 and 4.) It *counts*.")
        '- Both love it. It counts.'
    """
    line = line.removeprefix(">").strip()
    if line.startswith("|") or re.fullmatch(r"\*[^*]*minutes?[^*]*\*", line):
        return ""
    line = re.sub(r"^#+ ", "# ", line)
    found = re.match(r"- |# |\d+\. |[a-z]\. ", line)
    mark = found[0] if found else ""
    said = line.removeprefix(mark)
    each_sentence = whole(ENDS.sub(r"\1\n", said).split("\n"))
    kept = [marks_off(sentence) for sentence in each_sentence if is_prose(sentence)]
    return (mark + " ".join(kept)).rstrip() if any(kept) else ""


def whole(parts: list[str]) -> list[str]:
    """Put together again what was cut inside brackets."""
    found: list[str] = []
    for part in parts:
        if found and found[-1].count("(") > found[-1].count(")"):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def is_prose(sentence: str) -> bool:
    """Say whether a sentence is words: no formula, code, address or vector, and few numbers."""
    numbers = re.findall(r"\d[\d.,]*", sentence)
    return not NO_PROSE.search(sentence) and len(numbers) <= MOST_NUMBERS


def marks_off(text: str) -> str:
    """Return a sentence without the asterisks that make it bold or slanted."""
    return re.sub(r"\*+", "", text).strip()
