"""Exercises that put shuffled lines of a function in order. Any order that works is right.

A task lists the lines of its function in one right order, and distractors, which don't belong. Its
inputs hold them shuffled (``shuffled``), its question shows them with a letter each (``listing``),
its probe calls the function that an answer makes (``ordered``), and its answers spell orders in the
letters of the variant (``letters``).
"""

import string
import traceback
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course_lib.exercises.judge import Unfit

_FILE = "<your order>"


def shuffled(rng: np.random.Generator, lines: Sequence[str], distractors: Sequence[str]):
    """Return the lines and the distractors in a random order, but never in the one given.

    Shapes: n lines, m distractors -> (n + m,) strings.

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

    >>> letters(["return x", "return 1", "x = 1"], ["x = 1", "return x"])
    'c a'
    """
    names = dict(zip(mixed, string.ascii_lowercase, strict=False))
    return " ".join(names[line] for line in order)


def by_place(lines: Sequence[str]) -> Callable:
    """Return a function that makes answers for any variant, out of places in ``lines``.

    ``spell`` writes the letters in another way that a learner may choose.

    >>> in_order = by_place(["x = 1", "return x", "return 1"])
    >>> inputs = {"lines": ["return x", "return 1", "x = 1"]}
    >>> in_order(0, 1)(inputs), in_order(0, 1, spell=run_together)(inputs)
    ('c a', 'CA')
    """

    def in_order(*places, spell=str):
        return lambda inputs: spell(letters(inputs["lines"], [lines[place] for place in places]))

    return in_order


def run_together(answer: str) -> str:
    """Return the letters in capitals, without spaces: "c a" becomes "CA"."""
    return answer.replace(" ", "").upper()


def listing(mixed: Sequence[str], signature: str) -> str:
    """Return Markdown: the head of the function, and the shuffled lines with a letter each.

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
    answer, mixed: Sequence[str], signature: str, *, spare: int = 1, names: Mapping | None = None
) -> Callable:
    """Return the function that the shuffled lines make in the answered order.

    answer: letters, as "c a d b", "cadb" or a list. mixed: the shuffled lines; a line may start
    with spaces of its own, if it stands in a loop. signature: "attend(q, k, v)". spare: how many
    lines are left over. names: what the lines may use besides their arguments, {"np": np}.
    Raises: Unfit if a letter is unknown, occurs twice or is left out, if the lines are no function
    in this order, or when the function runs into an error or returns nothing: with the line.

    >>> one = ordered("c a", ["return x", "return 1", "x = 1"], "one()")
    >>> one()
    1
    >>> ordered("a c", ["return x", "return 1", "x = 1"], "one()")()
    Traceback (most recent call last):
    course_lib.exercises.judge.Unfit: line a, `return x`, raised NameError: name 'x' is not defined
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
    chosen = [letter for letter in text.lower() if letter not in " ,;.-()[]'\"\n\t"]
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
