"""Exercises that put shuffled lines of a function in order. Any order that works is right.

A task has ``Lines``: those of its function, in one right order, and spare ones, which don't belong.
Its inputs hold them mixed, its question shows them with a letter each, and its probe runs the
function that an answer makes (``task``). Its answers are orders of these lines (``answers``).
"""

import string
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.exercises import declare
from course_lib.exercises.judge import Unfit

_FILE = "<your order>"


@dataclass(frozen=True)
class Lines:
    """A function whose lines are to be put in order.

    signature: "attend(q, k, v)". right: its lines, in one right order; a line may start with spaces
    of its own, if it stands in a loop. spare: the lines that don't belong.
    """

    signature: str
    right: tuple[str, ...]
    spare: tuple[str, ...]

    def mixed(self, rng: np.random.Generator) -> np.ndarray:
        """Return all lines in a random order, but never in the right one: (n,) strings."""
        return shuffled(rng, self.right, self.spare)

    def order(self, places: str) -> Callable[[Mapping], str]:
        """Return an answer for any variant: the lines at these places, the spare ones last.

        Example:
            >>> one = Lines("one()", right=("x = 1", "return x"), spare=("return 1",))
            >>> one.order("01")({"lines": ["return x", "return 1", "x = 1"]})
            'c a'
        """
        known = (*self.right, *self.spare)
        return lambda inputs: letters(inputs["lines"], [known[int(place)] for place in places])


def task(
    lines: Lines,
    *,
    name: str,
    inputs: Callable,
    question: str,
    run: Callable,
    holds: str,
    symptom: Callable,
    uses: tuple[str, ...] = (),
) -> declare.Task:
    """Declare the exercise that puts these lines in order, worth two points.

    inputs: rng -> the inputs, with ``lines.mixed(rng)`` under "lines".
    question: what the function does, and how to answer; the lines follow.
    run: (make, inputs) -> arrays. ``make(np=np, ...)`` returns the function that the answered order
        makes; its lines may use these names besides its arguments.
    holds, symptom: as in Probe. uses: as in Task.
    """

    def ran(answer, i):
        def make(**names):
            spare = len(lines.spare)
            return ordered(answer, i["lines"], lines.signature, spare=spare, names=names)

        return run(make, i)

    return declare.task(
        name=name,
        inputs=inputs,
        question=lambda i: f"{question}\n\n{listing(i['lines'], lines.signature)}",
        probes={"order": declare.Probe(ran, holds, 2, (symptom,), spelled=spelled)},
        uses=uses,
    )


def answers(lines: Lines, *right: str, wrong: Mapping[str, str]) -> declare.Answers:
    """Return what is right and what is wrong, as places of the lines: "0132"."""
    reference, *others = map(lines.order, right)
    mistakes = {slug: lines.order(places) for slug, places in wrong.items()}
    return declare.Answers(reference, tuple(others), mistakes)


def shuffled(
    rng: np.random.Generator, lines: Sequence[str], distractors: Sequence[str]
) -> np.ndarray:
    """Return the lines and the distractors in a random order, but never in the one given.

    Shapes:
        n lines, m distractors -> (n + m,) strings.

    Example:
        >>> shuffled(np.random.default_rng(1), ["x = 1", "return x"], ["return 1"]).tolist()
        ['return x', 'x = 1', 'return 1']
    """
    together = np.array([*lines, *distractors])
    while True:
        mixed = rng.permutation(together)
        kept = [line for line in mixed if line in lines]
        if len(lines) == 1 or kept != list(lines):
            return mixed


def letters(mixed: Sequence[str], order: Sequence[str]) -> str:
    """Return the answer that puts the shuffled lines in this order.

    Example:
        >>> letters(["return x", "return 1", "x = 1"], ["x = 1", "return x"])
        'c a'
    """
    names = dict(zip(mixed, string.ascii_lowercase, strict=False))
    return " ".join(names[line] for line in order)


def spelled(answer: str) -> list:
    """Return the ways to write an order of letters.

    Example:
        >>> spelled("c a")
        ['CA', 'c, a', '[C A]', 'c > a', ['c', 'a']]
    """
    chosen = answer.split()
    commas, arrows = ", ".join(chosen), " > ".join(chosen)
    return ["".join(chosen).upper(), commas, f"[{answer.upper()}]", arrows, chosen]


def listing(mixed: Sequence[str], signature: str) -> str:
    """Return Markdown: the head of the function, and the shuffled lines with a letter each.

    Example:
        >>> print(listing(["return x", "x = 1"], "one()"))
        ```python
        def one():
        a)    return x
        b)    x = 1
        ```
    """
    named = zip(string.ascii_lowercase, mixed, strict=False)
    body = [f"{letter})    {line}" for letter, line in named]
    return "\n".join(["```python", f"def {signature}:", *body, "```"])


def ordered(
    answer: object,
    mixed: Sequence[str],
    signature: str,
    *,
    spare: int = 1,
    names: Mapping | None = None,
) -> Callable:
    """Return the function that the shuffled lines make in the answered order.

    answer: letters, as "c a d b", "cadb" or a list. mixed: the shuffled lines; a line may start
    with spaces of its own, if it stands in a loop. signature: "attend(q, k, v)". spare: how many
    lines are left over. names: what the lines may use besides their arguments, {"np": np}.

    Raises:
        Unfit: a letter is unknown, occurs twice or is left out; the lines are no function in this
            order; or, when it is called, it runs into an error or returns nothing, with the line.

    Example:
        >>> one = ordered("c a", ["return x", "return 1", "x = 1"], "one()")
        >>> one()
        1
        >>> ordered("a c", ["return x", "return 1", "x = 1"], "one()")()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        course_lib.exercises.judge.Unfit: line a, `return x`, raised NameError: ...
    """
    chosen = _chosen(answer, len(mixed), len(mixed) - spare)
    lines = [mixed[string.ascii_lowercase.index(letter)] for letter in chosen]
    source = "\n    ".join([f"def {signature}:", *map(str, lines)])
    scope = dict(names or {})
    try:
        exec(compile(source, _FILE, "exec"), scope)
    except SyntaxError as error:
        at = min(max((error.lineno or 2) - 2, 0), len(lines) - 1)
        raise Unfit(f"{_named(chosen, lines, at)}, can't stand there: {error.msg}.") from None
    function = scope[signature.partition("(")[0]]

    def run(*arguments, **options):
        try:
            result = function(*arguments, **options)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            at = [frame.lineno for frame in frames if frame.filename == _FILE]
            if not at:
                raise
            said = _unbound(error) or f"{type(error).__name__}: {error}"
            raise Unfit(f"{_named(chosen, lines, at[-1] - 2)}, raised {said}") from None
        if result is None:
            raise Unfit("in this order your function comes to its end without returning anything.")
        return result

    return run


def _chosen(answer, n_lines: int, n_wanted: int) -> list[str]:
    """Return the letters of an answer, after refusing what is no order of lines."""
    known = string.ascii_lowercase[:n_lines]
    text = answer if isinstance(answer, str) else " ".join(map(str, np.ravel(answer)))
    chosen = [letter for letter in text.lower() if letter not in " ,;.-()[]'\"\n\t>→"]
    wanted = f"answer with {n_wanted} different letters from a to {known[-1]}, in order"
    strange = [letter for letter in chosen if letter not in known]
    if strange:
        raise Unfit(f"{wanted}; {strange[0]!r} is none of them (yours: {text!r}).")
    twice = [letter for letter in known if chosen.count(letter) > 1]
    if twice:
        raise Unfit(f"{wanted}; yours has {twice[0]!r} more than once.")
    if len(chosen) != n_wanted:
        raise Unfit(f"{wanted}; yours has {len(chosen)} ({' '.join(chosen)}).")
    return chosen


def _named(chosen: list[str], lines: list[str], at: int) -> str:
    return f"line {chosen[at]}, `{lines[at].strip()}`"


def _unbound(error: Exception) -> str | None:
    """Say in words that a name has no value yet: Python's own words differ between versions."""
    if isinstance(error, NameError) and getattr(error, "name", None):
        return f"NameError: name '{error.name}' is not defined"
    if isinstance(error, UnboundLocalError):
        name = str(error).split("'")[1]
        return f"NameError: name '{name}' is not defined"
    return None
