"""Hints in words: ``hints/<track>_<NN>.md``, read, and joined to the mistakes they speak of.

A file has a section for each exercise of its lesson, and there a line for each misconception: its
slug, what is said to whom makes it, and after the arrow the heading to read again.

    ## softmax

    - **wrong-axis** Who shares the 100 %? Sum along both axes. → Who shares the 100 %?
    - **no-exp** What do 1, -1 and 0 give? → code/03_lookup: What breaks without an error?
    - **otherwise** What do your shares add up to? → What does exp do that we need?

A heading alone is one of the exercise's own lesson. A long line may be wrapped; what goes on is
indented. The function that makes the mistake has the same slug, in ``wrong`` of the exercise's
answers in ``answers/<track>_<NN>.py``. ``otherwise`` speaks to whom no misconception fits; every
exercise of the course has it.
"""

import dataclasses
import re
from functools import cache
from pathlib import Path

from course_lib.exercises.declare import Answers, Hint, Misconception
from course_lib.lessons import places

HINTS = Path(__file__).with_name("hints")
OTHERWISE = "otherwise"
_LINE = re.compile(r"- \*\*([a-z0-9]+(?:-[a-z0-9]+)*)\*\* (.+) → (.+)")
_PLACED = re.compile(r"\w+/\d\d_\w+: ")


@cache
def read(file: Path) -> dict[str, dict[str, Hint]]:
    """Return the hints of a file, by exercise and slug; none if there is no such file.

    Raises:
        ValueError: a line is no hint, or stands twice, or a section's exercise does not exist.
    """
    sections: dict[str, dict[str, Hint]] = {}
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    name = None
    for line in re.sub(r"\n[ \t]+(?=\S)", " ", text).splitlines():
        if line.startswith("## "):
            name = line.removeprefix("## ").strip()
            if name not in places():
                raise ValueError(f"{file.name}: lessons.toml lists no exercise {name!r}.")
            if name in sections:
                raise ValueError(f"{file.name}: there are two sections {name!r}.")
            sections[name] = {}
        elif line.strip() and not line.startswith("# "):
            found = _LINE.fullmatch(line.rstrip())
            if name is None or not found:
                raise ValueError(
                    f"{file.name}, exercise {name!r}: a hint is written "
                    f"`- **slug** hint → heading`, under `## exercise`; this is not: {line!r}"
                )
            slug, hint, heading = found.groups()
            if slug in sections[name]:
                raise ValueError(f"{file.name}, exercise {name!r}: two hints for {slug!r}.")
            reread = heading if _PLACED.match(heading) else f"{places()[name]}: {heading}"
            sections[name][slug] = Hint(hint, reread)
    return sections


def joined(name: str, answers: Answers, file: Path) -> Answers:
    """Return an exercise's answers with the hints of a file beside its wrong implementations.

    Raises:
        ValueError: a mistake has no hint, or a hint no mistake; it says where which one is due.
    """
    hints = dict(read(file).get(name, {}))
    fallback = hints.pop(OTHERWISE, None)
    where = f"exercise {name!r}"
    code, words = f"answers/{file.stem}.py", f"hints/{file.name}"
    for slug in answers.wrong:
        if slug not in hints:
            raise ValueError(
                f"{where}: {code} has the mistake {slug!r}, {words} no hint for it. "
                f"Add a line `- **{slug}** hint → heading`."
            )
    for slug in hints:
        if slug not in answers.wrong:
            raise ValueError(
                f"{where}: {words} has a hint for {slug!r}, {code} no such mistake. "
                f'Add a wrong implementation: wrong={{"{slug}": …}}.'
            )
    return dataclasses.replace(
        answers,
        misconceptions=tuple(Misconception(s, w, *hints[s]) for s, w in answers.wrong.items()),
        fallback=fallback,
    )
