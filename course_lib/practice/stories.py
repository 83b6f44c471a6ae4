"""Drawn tasks of the intuition track: something changes; how much attention is left for whom?"""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.exercises.questions import percent
from course_lib.exercises.shares import bars, shares_of
from course_lib.practice.declare import Option, Options
from course_lib.practice.puzzles import Puzzle, PuzzleKind

SCENES = (  # (who looks at what, the things, what changes what one holds, how one is called)
    (
        "You ask a librarian for something about the sea. Her attention goes to four books.",
        ("Harbour", "Whales", "Recipes", "Knots"),
        "*{filled}* is printed anew, with twice as many pages. Its spine, which the librarian "
        "reads, says what it said before.",
        "the book *{}*",
    ),
    (
        "A cook wonders what goes with a pumpkin. Four jars come to mind.",
        ("ginger", "nutmeg", "honey", "vinegar"),
        "The jar of *{filled}* is filled up, to twice what it held. Its label is the old one.",
        "the jar of *{}*",
    ),
    (
        "A detective thinks about the broken window, and looks at four clues.",
        ("footprint", "glove", "letter", "feather"),
        "The *{filled}* will tell twice as much as anybody thought. From outside it looks as it "
        "did.",
        "the *{}*",
    ),
    (
        "A dog smells that somebody was here, and turns to four trails.",
        ("postman", "cat", "neighbour", "fox"),
        "At the end of the trail of the *{filled}* wait two bones in place of one. The trail "
        "smells as it did.",
        "the trail of the *{}*",
    ),
    (
        "A conductor wonders who plays too loud. Four players get her attention.",
        ("drum", "horn", "flute", "harp"),
        "The *{filled}* has twice as many pages to play from. It is as loud as it was.",
        "the *{}*",
    ),
    (
        "A gardener asks which bed is dry, and looks at four of them.",
        ("beans", "roses", "lettuce", "thyme"),
        "The bed of *{filled}* will bear twice as much as last year. It looks as dry as it did.",
        "the bed of *{}*",
    ),
    (
        "“River bank lends money”: a word of the headline looks at all four words.",
        ("river", "bank", "lends", "money"),
        "The value of *{filled}* is doubled. Its key is the old one.",
        "the word *{}*",
    ),
    (
        "A traveller asks the way to the station. Four signs catch the eye.",
        ("arrow", "map", "poster", "clock"),
        "On the back of the *{filled}* somebody has written twice as much. From the front it looks "
        "as it did.",
        "the *{}*",
    ),
    (
        "A night nurse hears somebody call, and thinks of four rooms.",
        ("blue", "green", "yellow", "white"),
        "In the *{filled}* room there are two flower pots now in place of one. The call sounds as "
        "it did.",
        "the *{}* room",
    ),
)
SHARES = (
    (50, 25, 15, 10),
    (40, 30, 20, 10),
    (60, 20, 15, 5),
    (48, 24, 16, 12),
    (45, 30, 15, 10),
    (36, 28, 20, 16),
    (55, 20, 15, 10),
    (70, 15, 10, 5),
)
COVER = (
    Option("none", "nothing is covered", lesson=2),
    Option(
        "covered",
        "what is covered gives its share back to all",
        "{covered} is covered: nobody may look at it any more.",
        lesson=5,
    ),
)
TWIN = (
    Option("none", "nothing comes twice", lesson=2),
    Option(
        "twin",
        "a twin gets as much as the first",
        "Beside {twin} a second one turns up, alike in every way.",
        lesson=2,
    ),
)
ASK = (
    Option("same", "the question stays as it was", lesson=2),
    Option(
        "twice",
        "every score is doubled",
        "The question gets twice as urgent: every score is doubled.",
        lesson=2,
    ),
    Option(
        "half",
        "every score is halved",
        "The question gets half as urgent: every score is halved.",
        lesson=2,
    ),
    Option(
        "raised",
        "every score rises by 1",
        "Everything gets a little more fitting: every score rises by 1.",
        lesson=2,
    ),
)
HOLD = (
    Option("same", "what is handed over stays as it was", lesson=3),
    Option(
        "filled",
        "what a thing hands over is not what it is asked by",
        "{holds}",
        lesson=3,
    ),
)
BEST = (
    Option("all", "everybody gets a share", lesson=2),
    Option(
        "two",
        "only the two best get a share",
        "There is time for two only: the two that get most share all the attention.",
        lesson=2,
    ),
    Option(
        "three",
        "only the three best get a share",
        "There is time for three only: the three that get most share all the attention.",
        lesson=2,
    ),
)
COPY = "the second one"


def details(rng: Any, options: Options) -> dict[str, Any]:
    """Return the scene, the shares, what each change is about, and whom the question asks for."""
    scene = SCENES[int(rng.integers(len(SCENES)))]
    things = [str(thing) for thing in rng.permutation(scene[1])]
    shares = dict(zip(things, (int(n) for n in SHARES[int(rng.integers(len(SHARES)))])))
    covered, twin, filled = (str(t) for t in rng.permutation(things)[:3])
    rest = [thing for thing in things if thing != covered or options["cover"].name == "none"]
    asked = twin if options["twin"].name == "twin" else str(rng.choice(rest))
    held = asked if rng.random() < 0.6 else filled
    return {
        "scene": scene[0],
        "holds": scene[2].format(filled=held),
        "called": scene[3],
        "shares": shares,
        "order": [str(t) for t in rng.permutation(things)],
        "covered": covered,
        "twin": twin,
        "filled": held,
        "asked": asked,
    }


# What a change does: as it is, and as one may think -------------------------------------------


def whole(parts: dict[str, float]) -> dict[str, float]:
    """Return shares that sum to 1."""
    total = sum(parts.values())
    return {thing: part / total for thing, part in parts.items()}


def as_it_was(s: dict[str, float], d: dict[str, Any]) -> dict[str, float]:
    """Change nothing."""
    return s


def cover(s: dict[str, float], d: dict[str, Any]) -> dict[str, float]:
    """Cover one thing: the others share all the attention."""
    return whole({thing: part for thing, part in s.items() if thing != d["covered"]})


def twin(s: dict[str, float], d: dict[str, Any]) -> dict[str, float]:
    """Let one thing come twice."""
    return whole(s | {COPY: s[d["twin"]]})


def best(count: int) -> Callable:
    """Return the change that leaves the so many best."""

    def change(s, d):
        return whole(dict(sorted(s.items(), key=lambda each: -each[1])[:count]))

    return change


RIGHT = {
    ("cover", "covered"): cover,
    ("twin", "twin"): twin,
    ("ask", "twice"): lambda s, d: whole({t: p**2 for t, p in s.items()}),
    ("ask", "half"): lambda s, d: whole({t: p**0.5 for t, p in s.items()}),
    ("ask", "raised"): lambda s, d: s,
    ("hold", "filled"): lambda s, d: s,
    ("best", "two"): best(2),
    ("best", "three"): best(3),
}
WRONG = {  # slug -> (what one may think, where to look)
    ("cover", "covered"): {
        "lost": (
            lambda s, d: {t: p for t, p in s.items() if t != d["covered"]},
            "Do the shares still sum to 100 %? Who gets what the covered one had?",
        ),
        "equally": (
            lambda s, d: {
                t: p + s[d["covered"]] / (len(s) - 1) for t, p in s.items() if t != d["covered"]
            },
            "Each of those that stay keeps its place towards the others: who had twice as much "
            "has twice as much.",
        ),
    },
    ("twin", "twin"): {
        "halved": (
            lambda s, d: s | {d["twin"]: s[d["twin"]] / 2, COPY: s[d["twin"]] / 2},
            "The two don't know that they are two. Do they take from each other alone?",
        ),
        "kept": (
            lambda s, d: s | {COPY: s[d["twin"]]},
            "Do the shares still sum to 100 %, with one more at the table?",
        ),
    },
    ("ask", "twice"): {
        "unmoved": (as_it_was, "Twice as urgent: does the best one gain or lose by that?"),
        "doubled": (
            lambda s, d: {t: 2 * p for t, p in s.items()},
            "Scores are doubled, not shares: shares sum to 100 % always.",
        ),
        "flattened": (
            lambda s, d: whole({t: p**0.5 for t, p in s.items()}),
            "Twice as urgent: do the shares move apart, or together?",
        ),
    },
    ("ask", "half"): {
        "unmoved": (as_it_was, "Half as urgent: does the best one gain or lose by that?"),
        "halved": (
            lambda s, d: {t: p / 2 for t, p in s.items()},
            "Scores are halved, not shares: shares sum to 100 % always.",
        ),
        "sharpened": (
            lambda s, d: whole({t: p**2 for t, p in s.items()}),
            "Half as urgent: do the shares move apart, or together?",
        ),
    },
    ("ask", "raised"): {
        "evened": (
            lambda s, d: whole({t: p + 0.25 for t, p in s.items()}),
            "All scores rise by the same. Who gains on whom?",
        ),
        "equal": (
            lambda s, d: dict.fromkeys(s, 1 / len(s)),
            "All scores rise by the same. Do differences between them change?",
        ),
    },
    ("hold", "filled"): {
        "heavier": (
            lambda s, d: whole({t: p * (2 if t == d["filled"] else 1) for t, p in s.items()}),
            "What decides who is looked at: the label, or what is inside?",
        ),
        "doubled": (
            lambda s, d: {t: p * (2 if t == d["filled"] else 1) for t, p in s.items()},
            "What decides who is looked at: the label, or what is inside?",
        ),
    },
    ("best", "two"): {
        "unmoved": (as_it_was, "Who is left out gives its share back. To whom?"),
        "equal": (
            lambda s, d: dict.fromkeys(sorted(s, key=lambda each: -s[each])[:2], 1 / 2),
            "Two share all the attention. Do they get the same?",
        ),
    },
    ("best", "three"): {
        "unmoved": (as_it_was, "Who is left out gives its share back. To whom?"),
        "equal": (
            lambda s, d: dict.fromkeys(sorted(s, key=lambda each: -s[each])[:3], 1 / 3),
            "Three share all the attention. Do they get the same?",
        ),
    },
}
ORDER = ("hold", "twin", "ask", "cover", "best")


def after(puzzle: Puzzle, instead: dict[str, Any] | None = None) -> float:
    """Return the asked share in per cent, with another change in the place of some."""
    d = puzzle.details
    shares = {thing: n / 100 for thing, n in d["shares"].items()}
    for axis in ORDER:
        change = RIGHT.get((axis, puzzle.options[axis].name), as_it_was)
        if instead and axis in instead:
            change = instead[axis]
        shares = change(shares, d)
    return 100 * shares.get(d["asked"], 0.0)


def by_scores(puzzle: Puzzle, softmax: Any = shares_of) -> float:
    """Return the same from scores: logarithms of the shares, changed, and shared out at the end."""
    d, o = puzzle.details, puzzle.options
    things, scores = list(d["shares"]), [np.log(n) for n in d["shares"].values()]
    if o["twin"].name == "twin":
        things, scores = [*things, COPY], [*scores, scores[things.index(d["twin"])]]
    urgency = {"twice": 2.0, "half": 0.5}.get(o["ask"].name, 1.0)
    scores = [urgency * s + (o["ask"].name == "raised") for s in scores]
    kept = [i for i, t in enumerate(things) if o["cover"].name == "none" or t != d["covered"]]
    kept = sorted(kept, key=lambda i: -scores[i])
    kept = kept[: {"two": 2, "three": 3}.get(o["best"].name, len(kept))]
    shares = softmax([scores[i] for i in kept])
    asked = things.index(d["asked"])
    return 100 * float(shares[kept.index(asked)]) if asked in kept else 0.0


def by_torch(puzzle: Puzzle) -> float:
    """Return the same by torch's softmax."""
    import torch

    return by_scores(puzzle, lambda scores: torch.tensor(scores, dtype=torch.float64).softmax(0))


def wrong(puzzle: Puzzle) -> list[tuple[str, Any, str]]:
    """Return what comes out if one change is thought of wrongly: (slug, per cent, hint)."""
    found = []
    for axis, choice in puzzle.options.items():
        for slug, (change, hint) in WRONG.get((axis, choice.name), {}).items():
            value = round(after(puzzle, {axis: change}), 1)
            found.append((f"{axis}: {slug}", value, hint))
    right = puzzle.value
    return [each for each in found if abs(each[1] - right) > 2.5 and 0 < each[1] < 100]


def ask(puzzle: Puzzle) -> str:
    """Return the story, its shares as bars, what changes, and the question."""
    d = puzzle.details
    names = {key: d["called"].format(d[key]) for key in ("covered", "twin", "asked")}
    parts = [puzzle.options[axis].option.sentence for axis in ORDER]
    told = [text.format(**names, holds=d["holds"]) for text in parts if text]
    first = {1: "Then something changes.", 2: "Then two things change."}.get(
        len(told), "Then several things change, one after the other."
    )
    changes = "\n".join(f"- {text[0].upper()}{text[1:]}" for text in told)
    twins = ", the first of the two," if puzzle.options["twin"].name == "twin" else ""
    asked = f"{names['asked']}{twins}"
    percents = [d["shares"][thing] for thing in d["order"]]
    return (
        f"### Who gets how much?\n\n{d['scene']}\n\n{bars(d['order'], percents)}\n\n"
        f"{first}\n\n{changes}\n\nHow many per cent of the attention does {asked} get now? Answer "
        "with a number, to the nearest per cent, such as `35`."
    )


def fits(puzzle: Puzzle) -> bool:
    """Say whether an answer can be found on paper: no tie at the edge, no share of nothing."""
    right = puzzle.value
    changed = [a for a in ORDER if puzzle.options[a].option.sentence]
    return bool(changed) and 3 <= right <= 95 and not _tied(puzzle)


def _tied(puzzle: Puzzle) -> bool:
    """Say whether the last who gets a share and the first who gets none are twins."""
    d, count = puzzle.details, {"two": 2, "three": 3}.get(puzzle.options["best"].name)
    if count is None or puzzle.options["twin"].name == "none":
        return False
    crowd = [n for t, n in d["shares"].items() if t != d["covered"] or not _covers(puzzle)]
    crowd = sorted([*crowd, d["shares"][d["twin"]]], reverse=True)
    return len(crowd) > count and crowd[count - 1] == crowd[count]


def _covers(puzzle: Puzzle) -> bool:
    return puzzle.options["cover"].name == "covered"


STORIES = PuzzleKind(
    name="stories",
    track="intuition",
    lesson="02_softmax",
    axes={"hold": HOLD, "twin": TWIN, "ask": ASK, "cover": COVER, "best": BEST},
    ask=ask,
    right=lambda puzzle: round(after(puzzle), 1),
    ways={"scores": by_scores, "torch": by_torch},
    wrong=wrong,
    probe=lambda puzzle: percent(within=1.0, holds="that is what is left for it", points=2),
    details=details,
    fits=fits,
)
