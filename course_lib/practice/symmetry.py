"""Drawn tasks of the maths track: what may change of what comes in, and nothing moves."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from course_lib.exercises.declare import Probe
from course_lib.exercises.judge import Unfit
from course_lib.practice import asking, by_loop, composing
from course_lib.practice import options as drawn
from course_lib.practice.attending import lines
from course_lib.practice.declare import Choice, Option, Options, pick
from course_lib.practice.puzzles import Puzzle, PuzzleKind
from course_lib.practice.seeds import stream

LETTERS = "abcd"
N, WIDTH = 6, 4  # as many queries as keys: they stand at the same places
Made = Mapping[str, np.ndarray]


class Statement:
    """A change of what comes in, and what it does to the output where the statement holds."""

    def __init__(self, text: str, change: Callable, then: Callable | None = None, hint: str = ""):
        self.text, self.change, self.hint = text, change, hint
        self.then = then or (lambda output, made: output)


def reordered(*names: str) -> Callable:
    """Return a change that gives rows another order."""
    return lambda made: {name: made[name][made["order"]] for name in names}


STATEMENTS = {
    "keys": Statement(
        "The keys change places, and each value goes with its key. *Nothing changes.*",
        reordered("k", "v"),
        hint="Keys change places with their values: does any step ask where a key stands?",
    ),
    "queries": Statement(
        "The queries change places. *The outputs change places in the same way, and nothing else.*",
        reordered("q"),
        lambda output, made: output[made["order"]],
        hint="Queries change places: does any step ask where a query stands?",
    ),
    "scores": Statement(
        "The same number is added to all scores, right before they become shares. *Nothing "
        "changes.*",
        lambda made: {"shift": np.array(0.7)},
        hint="All scores are raised alike: what do the shares see, scores or differences?",
    ),
    "key moved": Statement(
        "The same vector is added to each key. *Nothing changes.*",
        lambda made: {"k": made["k"] + made["step"]},
        hint="One vector is added to each key: does a query's every score move by the same?",
    ),
    "both moved": Statement(
        "The same vector is added to each query and to each key. *Nothing changes.*",
        lambda made: {"q": made["q"] + made["step"], "k": made["k"] + made["step"]},
        hint="Queries and keys move together: what of a score depends on their difference alone?",
    ),
    "query doubled": Statement(
        "Each query becomes twice as long. *Nothing changes.*",
        lambda made: {"q": 2 * made["q"]},
        hint="Queries get twice as long: what happens to the scores, and what to the shares?",
    ),
    "value moved": Statement(
        "The same vector is added to each value. *Each output moves by just that vector.*",
        lambda made: {"v": made["v"] + made["step"]},
        lambda output, made: output + made["step"],
        hint="One vector is added to each value: what do the shares of a query sum to?",
    ),
    "value doubled": Statement(
        "Each value becomes twice as long. *So does each output.*",
        lambda made: {"v": 2 * made["v"]},
        lambda output, made: 2 * output,
        hint="Values get twice as long: does any share depend on a value?",
    ),
}
SEEN = (
    Option("all", "everybody sees everybody", "Everybody sees everybody.", "seen = j >= 0 * i"),
    *(
        Option(o.name, o.done, said, o.lines.replace("seen & ", "", 1), title=o.title,
               numbers=o.numbers)
        for o, said in zip(
            pick(drawn.LOOK, "causal", "window", "prefix", "stride"),
            (
                "Nobody looks ahead: query i sees keys 0 to i.",
                "Memory is short: query i sees key i and the {w} keys before it, nothing else.",
                "All see the first {p} keys; beyond them query i sees keys up to i.",
                "Query i sees key i, and each key whose distance to it is a multiple of {r}.",
            ),
        )
    ),
)  # fmt: skip
AXES = {
    "score": pick(drawn.SCORE, "dot", "cosine", "distance"),
    "scale": drawn.SCALE,
    "bias": pick(drawn.BIAS, "none", "slope"),
    "look": SEEN,
    "share": drawn.SHARE,
}
ARGUMENTS = ["q", "k", "v", "shift"]


def details(rng: Any, options: Options) -> dict[str, Any]:
    """Return which four statements are made."""
    return {"made": [str(name) for name in rng.permutation(list(STATEMENTS))[: len(LETTERS)]]}


def inputs() -> list[dict[str, np.ndarray]]:
    """Return what the statements are tried on: numbers, and queries that turn away from all keys.

    With those nobody has a score above 0, so that some shares sum to 0.
    """
    rng, found = stream("symmetries"), []
    for away in (0, 5):
        q, k, v = rng.normal(size=(3, N, WIDTH))
        q[:, 0], k[:, 0] = q[:, 0] - away, k[:, 0] + away
        made = {"q": q, "k": k, "v": v, "shift": np.array(0.0), "step": rng.normal(size=WIDTH)}
        found.append(made | {"order": np.array([2, 0, 5, 1, 3, 4])})
    return found


def program(options: Options) -> str:
    """Return the drawn attention as a program, with a number added to all scores."""
    steps = [
        *lines(options, "score", "scale", "bias"),
        "scores = scores + shift",
        *lines(options, "look", "share"),
        "return weights @ v",
    ]
    return composing.program("attention", ARGUMENTS, steps)


def holding(attention: Callable, made: list[str]) -> str:
    """Return the letters of the statements that hold for an attention."""
    found = set(LETTERS)
    for given in inputs():
        before = attention(*(given[name] for name in ARGUMENTS))
        for letter, name in zip(LETTERS, made):
            changed = given | STATEMENTS[name].change(given)
            after = attention(*(changed[each] for each in ARGUMENTS))
            if not np.allclose(after, STATEMENTS[name].then(before, given), atol=1e-7):
                found.discard(letter)
    return "".join(sorted(found))


def of_options(options: Options, made: list[str]) -> str:
    """Return the letters that hold for drawn options."""
    with np.errstate(all="ignore"):
        return holding(composing.made(program(options), "attention"), made)


def _all_seen(options: Options) -> Options:
    return {**options, "said": Choice("said", Option("may", ""))}


def loop(puzzle: Puzzle) -> str:
    """Return the same, item by item."""
    o = _all_seen(puzzle.options)

    def attention(q, k, v, shift):
        g = SimpleNamespace(shift=float(shift), mask=np.ones((N, N), dtype=bool))
        return by_loop.mixed(by_loop.shared(o, by_loop.scored(o, q, k, g), g), v)

    return holding(attention, puzzle.details["made"])


def tensors(puzzle: Puzzle) -> str:
    """Return the same, by torch."""
    import torch

    from course_lib.practice import by_torch

    o = _all_seen(puzzle.options)

    def attention(*values):
        g = by_torch.tensors(ARGUMENTS, values)
        g.mask = torch.ones(N, N, dtype=torch.bool)
        s = by_torch.scored(o, g.q, g.k, g)
        return (by_torch.shared(o, s, g) @ g.v).numpy()

    return holding(attention, puzzle.details["made"])


def wrong(puzzle: Puzzle) -> list[tuple[str, Any, str]]:
    """Return the letters of the neighbours on one axis, and those with one letter the other way."""
    made, found = puzzle.details["made"], []
    for axis, choice in puzzle.options.items():
        for other in AXES[axis]:
            if other.name == choice.name:
                continue
            numbers = {key: choice.numbers.get(key, v[0]) for key, v in other.numbers.items()}
            taken = Choice(axis, other, numbers)
            letters = of_options({**puzzle.options, axis: taken}, made)
            hint = f"That is right where {taken.done}. Here {choice.done}."
            found.append((f"{axis}: {other.name}", letters, hint))
    for letter, name in zip(LETTERS, made):
        flipped = "".join(sorted(set(puzzle.value) ^ {letter}))
        found.append(
            (f"statement {letter}", flipped, f"Statement {letter}. {STATEMENTS[name].hint}")
        )
    return [each for each in found if each[1]]


def probe(puzzle: Puzzle) -> dict[str, Probe]:
    """Return how letters are read: "ac", "a, c", ["a", "c"]."""

    def run(answer, inputs):
        parts = answer if isinstance(answer, (list, tuple, set)) else [str(answer)]
        letters = "".join(str(part) for part in parts).lower()
        letters = "".join(c for c in letters.replace("and", "") if c.isalnum())
        if not letters or set(letters) - set(LETTERS):
            raise Unfit(f'answer with letters out of {LETTERS}, such as "ac"; yours is {answer!r}.')
        return np.array("".join(sorted(set(letters))))

    return {"letters": Probe(run, "these hold, and no others", 2)}


def ask(puzzle: Puzzle) -> str:
    """Return the attention in sentences, and the statements."""
    o = puzzle.options
    told = [o[axis].sentence for axis in ("score", "scale", "bias", "look", "share")]
    told = [text.replace("`", "") for text in told if text]
    steps = "\n".join(f"{n}. {text}" for n, text in enumerate([*told, asking.MIX], start=1))
    claims = "\n".join(
        f"- **{letter}** {STATEMENTS[name].text}"
        for letter, name in zip(LETTERS, puzzle.details["made"])
    )
    return (
        f"### What may change, and nothing moves?\n\nSix queries q, six keys k and their values v, "
        f"each a row of {WIDTH} numbers. Query i stands where key i stands.\n\n{steps}\n\nWhich of "
        f"these hold, whatever the numbers are?\n\n{claims}\n\nAnswer with all letters that hold, "
        'such as `"ac"`.'
    )


def fits(puzzle: Puzzle) -> bool:
    """Say whether there is something to find: one statement at least holds, and one does not."""
    o = puzzle.options
    if o["share"].name == "relu" and o["score"].name == "distance":
        return False  # no score is above 0, and nothing comes out at all
    return 1 <= len(puzzle.value) < len(LETTERS)


SYMMETRIES = PuzzleKind(
    name="symmetries",
    track="maths",
    lesson="05_matrix_form",
    axes=AXES,
    ask=ask,
    right=lambda puzzle: of_options(puzzle.options, puzzle.details["made"]),
    ways={"loop": loop, "torch": tensors},
    wrong=wrong,
    probe=probe,
    details=details,
    fits=fits,
    otherwise="Take the statements one by one, and go through the steps: which step could notice?",
)
