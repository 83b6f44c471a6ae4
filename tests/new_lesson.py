"""A throw-away lesson: an entry of the registry and its files, as an author would write them.

One of its exercises is the example of CONTRIBUTING.md, word for word.
"""

import re

import nbformat

from course_lib.lessons import LESSONS, ROOT, TRACKS
from course_lib.publishing.outputs import write
from tests import learner_course

NUMBER = len(LESSONS) + 1
STEM = f"{NUMBER:02}_throw_away"
TITLE = f"{NUMBER:02} Throw away"
HEADING = "How long is a vector?"
INTUITION = [f"i{NUMBER:02}_{word}" for word in ("one", "two", "three", "four")]
BUG, HALF, EXAMPLE = f"bug_{NUMBER:02}_double", "half_of", "vector_length"
EXERCISES = {"intuition": INTUITION, "code": [EXAMPLE, BUG], "maths": [HALF]}
POINTS = {EXAMPLE: 3, BUG: 2, HALF: 2} | dict.fromkeys(INTUITION, 1)
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(start):
    """Return the example of CONTRIBUTING.md that begins so."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if block.startswith(start)]
    return found


ANSWERS = {  # exercise -> the answer in the solution notebook
    **{name: f"answer_{name} = 7" for name in INTUITION},
    BUG: f"def {BUG}(x):\n    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION",
    EXAMPLE: example(f"def {EXAMPLE}"),
    HALF: f"def {HALF}(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
}
MINUTES = {"intuition": 7, "code": 95, "maths": 9}
ENTRY = f"""
[[lesson]]
number = {NUMBER}
name = "throw_away"
title = "Throw away"
question = "What is it for?"
idea = "a lesson that only a test has"
minutes = {{ {", ".join(f"{track} = {n}" for track, n in MINUTES.items())} }}
trains = {{ code = 4 }}
[lesson.exercises]
""" + "\n".join(f"{track} = {EXERCISES[track]}" for track in TRACKS)
TASK = """
task(
    name="{name}",
    inputs=lambda rng: {{"x": rng.normal(size=5)}},
    probes={{"values": Probe(lambda f, i: f(i["x"]), "the numbers are right", 2)}},
)
"""
QUESTION = """
task(
    name="{name}",
    inputs=lambda rng: {{"x": int(rng.integers(2, 9))}},
    probes=number(0.1),
    question=lambda i: f"How much is {{i['x']}} doubled? Answer with a number, such as `7`.",
)
"""
ANSWER = """
    "{name}": Answers(reference={right}, also_right=({also}), wrong={{"{slug}": {wrong}}}),
"""
HINT = """
## {name}

- **{slug}** {hint} → {heading}
- **otherwise** Look again. → {heading}
"""
RIGHT = {  # track -> what is right, other ways to write it, and a slug and a wrong one
    "intuition": (
        "lambda i: 2 * i['x']",
        "lambda i: i['x'] + i['x'], lambda i: str(2 * i['x'])",
        "trebles",
        "lambda i: 3 * i['x']",
        "How many times did you take it?",
    ),
    "code": (
        "lambda x: 2 * x",
        "lambda x: x + x, lambda x: x / 0.5, lambda x: x - -x",
        "squares",
        "lambda x: x * x",
        "Do you add the number to itself, or multiply it?",
    ),
    "maths": (
        "lambda x: x / 2",
        "lambda x: 0.5 * x, lambda x: x - x / 2, lambda x: x * 2 / 4",
        "doubles",
        "lambda x: 2 * x",
        "Is yours larger or smaller than x?",
    ),
}


def enter(course):
    """Write the lesson's entry."""
    registry = course / "course_lib" / "lessons.toml"
    registry.write_text(registry.read_text(encoding="utf-8") + ENTRY + "\n", encoding="utf-8")


def write_files(course):
    """Write the lesson's files; title cells are copied from the lesson before, as authors do."""
    for track in TRACKS:
        for part, cells in (("", _lesson), ("solutions/", _solution)):
            folder = course / "notebooks" / f"{part}{track}"
            before = nbformat.read(folder / f"{LESSONS[-1].stem}.ipynb", as_version=4)
            made = before.copy()
            made.cells = [before.cells[0], *map(nbformat.from_dict, cells(track))]
            write(made, folder / f"{STEM}.ipynb")
        for room, text in (
            ("tasks/{}.py", _tasks(track)),
            ("answers/{}.py", _answers(track)),
            ("hints/{}.md", _hints(track)),
        ):
            path = course / "course_lib" / "exercises" / room.format(f"{track}_{NUMBER:02}")
            path.write_text(text, encoding="utf-8")


def _lesson(track):
    slide = {"slideshow": {"slide_type": "slide"}}
    asked = f"## {HEADING}\n*{MINUTES[track]} minutes*\n\nFor a test."
    yield learner_course.text("what-for", asked) | {"metadata": slide}


def _solution(track):
    yield learner_course.code("imports", "from course_lib.exercises import ask, check")
    for name in EXERCISES[track]:
        answer = f"answer_{name}" if track == "intuition" else name
        yield learner_course.text(f"ask-{name}", f"## {name}")
        yield learner_course.code(f"answer-{name}", ANSWERS[name], grade_id=name)
        check = f'check("{name}", {answer})'
        yield learner_course.code(
            f"check-{name}", check, grade_id=f"check_{name}", points=POINTS[name]
        )


def _tasks(track):
    """The example of CONTRIBUTING.md, in the code track, and the other exercises below it."""
    template = QUESTION if track == "intuition" else TASK
    start = example("# tasks/") if track == "code" else ""
    return (
        f"{start}\n"
        "from course_lib.exercises.declare import Probe, task\n"
        "from course_lib.exercises.questions import number\n"
    ) + "".join(template.format(name=name) for name in _others(track))


def _answers(track):
    right, also, slug, wrong, _ = RIGHT[track]
    values = {"right": right, "also": also, "slug": slug, "wrong": wrong}
    found = "".join(ANSWER.format(name=name, **values) for name in _others(track))
    start = example("# answers/") if track == "code" else "ANSWERS = {}"
    declare = "from course_lib.exercises.declare import Answers"
    return f"{start}\n\n{declare}\n\nANSWERS |= {{{found}}}\n"


def _hints(track):
    slug, hint = RIGHT[track][2], RIGHT[track][4]
    values = {"slug": slug, "hint": hint, "heading": HEADING}
    start = example("# Hints") if track == "code" else ""
    return start + "".join(HINT.format(name=name, **values) for name in _others(track))


def _others(track):
    return [name for name in EXERCISES[track] if name != EXAMPLE]
