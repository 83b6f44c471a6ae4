"""Drawn tasks of the code track up to lesson 08: scores, shares, attention, and its layer."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.exercises.judge import Unfit
from course_lib.practice import by_loop
from course_lib.practice import options as drawn
from course_lib.practice.declare import Choice, Kind, Option, Options, Room, Slip, pick

# Inputs ---------------------------------------------------------------------------------------

N_Q, N_K, WIDTH, SENTENCES = 6, 9, 5, 3


def sizes(small: Room | None) -> tuple[int, int, int, int]:
    """Return n_q, n_k, d_k and how many sentences: of an example, or of a check."""
    return (small["queries"], small["keys"], 2, 1) if small else (N_Q, N_K, WIDTH, SENTENCES)


def numbers(rng: Any, shape: tuple[int, ...], small: Room | bool | None) -> np.ndarray:
    """Return fresh numbers: small whole ones for an example, without rows of zeros."""
    if not small:
        return rng.normal(size=shape)
    made = rng.choice([-1, 0, 1, 2], size=shape, p=[0.2, 0.25, 0.35, 0.2])
    made[..., 0] = np.where(np.all(made == 0, axis=-1), 1, made[..., 0])
    return made


def extras(rng: Any, names: Any, shape: tuple[int, int, int], small: Room | None) -> dict[str, Any]:
    """Return the arguments beside q, k and v that a draw needs, by name."""
    n_q, n_k, d = shape
    hidden = 2 if small else 4
    may = rng.random((n_q, n_k)) < 0.7
    if small:
        may[:] = True
        may[1, int(rng.choice([0, 2]))] = False
    may[np.arange(n_q), np.arange(n_q)] = True  # each query sees itself
    dims = np.where(rng.random((n_q, n_k)) < 0.4, 0.0, -1.0)
    ends = [1, 3] if small else [2, 4, n_k]
    table = 0.25 * numbers(rng, (d, d), True) if small else 0.5 * numbers(rng, (d, d), False)
    made = {
        "mask": may,
        "length": n_k - 1 if small else int(rng.integers(n_q, n_k - 1)),
        "lengths": np.array([n_k - 1]) if small else rng.permutation([n_q, n_k - 2, n_k]),
        "segments": np.searchsorted(ends, np.arange(n_k), side="right"),
        "bias": numbers(rng, (n_q, n_k), small),
        "w": table,
        "w_query": numbers(rng, (d, hidden), small),
        "w_key": numbers(rng, (d, hidden), small),
        "w_score": numbers(rng, (hidden,), small),
    }
    wanted = {name: value for name, value in made.items() if name in names}
    return wanted | {"dims": np.where(may, dims, -np.inf)}


def with_mask(made: dict[str, Any], options: Options) -> dict[str, Any]:
    """Say the mask as the draw says it."""
    dims = made.pop("dims")
    if "mask" in made and options["said"].name == "hidden":
        made["mask"] = ~made["mask"]
    if "mask" in made and options["said"].name == "added":
        made["mask"] = dims
    return made


def needs(options: Options) -> list[str]:
    """Return the arguments that the drawn options need beside the usual ones."""
    return [name for choice in options.values() for name in choice.option.needs]


def qkv_inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return q, k, v as the layout wants them, and what the options need."""
    n_q, n_k, d, batch = sizes(small)
    layout = options["layout"].name
    made = {
        "q": numbers(rng, (batch, n_q, d), small),
        "k": numbers(rng, (batch, n_k, d), small),
        "v": rng.integers(0, 10, (batch, n_k, d))
        if small
        else 3 * rng.normal(size=(batch, n_k, d)),
    }
    turn = {
        "rows": lambda x: x[0],
        "columns": lambda x: x[0].T.copy(),
        "time first": lambda x: x.swapaxes(0, 1).copy(),
    }[layout]
    made = {name: turn(x) for name, x in made.items()}
    return made | with_mask(extras(rng, needs(options), (n_q, n_k, d), small), options)


# What stands in the question about an argument --------------------------------------------------

ABOUT = {
    "mask": "(n_q, n_k), {kind}",
    "length": "a whole number",
    "lengths": "(B,), whole numbers",
    "segments": "(n_k,), whole numbers",
    "bias": "(n_q, n_k)",
    "w": "(d, d)",
    "w_query": "(d, h)",
    "w_key": "(d, h)",
    "w_score": "(h,)",
    "places": "(n, d_model), with n at least as large as n_q and n_k",
}


def about(options: Options) -> dict[str, str]:
    """Return what the arguments are that the options need, in their order."""
    kind = "numbers" if options.get("said") and options["said"].name == "added" else "booleans"
    order = ("mask", "length", "lengths", "segments", "bias", "w", "w_query", "w_key", "w_score")
    return {name: ABOUT[name].format(kind=kind) for name in order if name in needs(options)}


def by_torch(name: str) -> Callable:
    """Return the way of torch, which is loaded when it is asked for."""

    def way(options, names):
        from course_lib.practice import by_torch

        return getattr(by_torch, name)(options, names)

    return way


# How what comes back is read ----------------------------------------------------------------------


NONE = "your function returned None. Is there a `return` at its end?"


def reads_back(options: Options) -> Any:
    """Return how the result of an attention is read: a pair, or the output alone."""
    if options["back"].name == "output":
        return alone
    return pair


def alone(result: Any) -> dict[str, Any]:
    """Read the output alone.

    Raises:
        Unfit: two things came.
    """
    if isinstance(result, (tuple, list)) and len(result) == 2:
        raise Unfit("your function returned two things; here it should return the output alone.")
    return {"output": result}


def pair(result: Any) -> dict[str, Any]:
    """Read (output, weights).

    Raises:
        Unfit: something else came.
    """
    if result is None:
        raise Unfit(NONE)
    if not isinstance(result, (tuple, list)):
        raise Unfit("your function returned one thing; it should return (output, weights).")
    if len(result) != 2:
        raise Unfit(f"your function returned {len(result)} things; (output, weights) were due.")
    return {"weights": result[1], "output": result[0]}


def together(names: tuple[str, ...], wanted: str) -> Any:
    """Return how so many things are read, by these names; else it is said what is wanted."""

    def read(result):
        if result is None:
            raise Unfit(NONE)
        if not isinstance(result, (tuple, list)) or len(result) != len(names):
            raise Unfit(wanted)
        return dict(zip(names, result))

    return read


def reads_one(options: Options) -> Any:
    """Return how one array is read."""
    return lambda result: result


# Mistakes that every draw can meet ----------------------------------------------------------------

KEYS = Slip(
    "keys-for-values",
    "weights @ v",
    "weights @ k",
    "You mix what the keys say. What is handed over, keys or values?",
)
LOUD = Slip(
    "not-stable",
    "np.exp(scores - scores.max(axis=-1, keepdims=True))",
    "np.exp(scores)",
    "What does your computer say to e^1000? A number taken from all scores alike changes no share.",
)
TURNED = Slip(
    "rows-for-columns",
    "return scores",
    "return scores.T",
    "Rows and columns have changed places: here a row belongs to a query.",
)
ACROSS = Slip(
    "wrong-axis",
    "raised.sum(axis=-1, keepdims=True)",
    "raised.sum(axis=-2, keepdims=True)",
    "Who shares the 100 %: the keys that one query looks at, or the queries that look at one key?",
)

# scores -----------------------------------------------------------------------------------------

PAIR_LAYOUT = (
    Option(
        "rows",
        "rows are tokens",
        "Rows are tokens: `q` holds a query a row, `k` a key a row.",
        lesson=3,
    ),
    Option(
        "columns",
        "columns are tokens",
        "Columns are tokens: `q` holds a query a column, `k` a key a column.",
        "q, k = q.T, k.T",
        title="in columns",
    ),
)


def score_inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return q and k, and what the options need."""
    made = qkv_inputs(rng, {**options, "said": NO_MASK}, small)
    del made["v"]
    return made


NO_MASK = Choice("said", Option("none", ""))


def score_arguments(options: Options) -> dict[str, str]:
    """Return the arguments of ``scores`` and their shapes."""
    shape = "(d, {n})" if options["layout"].name == "columns" else "({n}, d)"
    return {"q": shape.format(n="n_q"), "k": shape.format(n="n_k"), **about(options)}


SCORES = Kind(
    name="scores",
    track="code",
    lesson="04_scaling",
    noun="A comparison",
    axes={
        "score": drawn.SCORE,
        "scale": drawn.SCALE,
        "bias": drawn.BIAS,
        "layout": PAIR_LAYOUT,
    },
    order=("layout", "score", "scale", "bias"),
    arguments=score_arguments,
    steps=lambda o: [
        o["layout"].said(o["layout"].option.lines),
        *lines(o, "score", "scale", "bias"),
        "return scores",
    ],
    inputs=score_inputs,
    reads=reads_one,
    ways={"loop": by_loop.scores, "torch": by_torch("scores")},
    published={
        "scaled_scores": "lesson 04's scaled_scores",
        "cosine_similarity": "lesson 01's cosine_similarity",
    },
    slips=(TURNED,),
    holds="every pair gets its score",
    notes=lambda o: "Return a table (n_q, n_k): a row for each query, a column for each key.",
)


def lines(options: Options, *axes: str) -> list[str]:
    """Return the lines of the chosen options, axis by axis."""
    return [options[axis].said(options[axis].option.lines) for axis in axes]


# shares -----------------------------------------------------------------------------------------

SHARE_LAYOUT = (
    Option(
        "rows",
        "a row holds the scores of one query",
        "A row of `scores` holds the scores of one query.",
        lesson=2,
    ),
    Option(
        "columns",
        "a column holds the scores of one query",
        "A *column* of `scores` holds the scores of one query, a row belongs to a key; so it is "
        "with the shares that come back.",
        "scores = scores.T",
        "weights = weights.T",
        title="column by column",
    ),
)


OPEN = Option(  # a softmax has no mask before lesson 05
    "none",
    "nothing is hidden",
    lines="seen = np.full(scores.shape, True)",
    lesson=2,
    rivals=(),
)


def share_inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return scores, turned if the draw wants them so, and what the options need."""
    n_q, n_k, _, _ = sizes(small)
    made = {"scores": numbers(rng, (n_q, n_k), small) * (1 if small else 1.5)}
    made |= with_mask(extras(rng, needs(options), (n_q, n_k, 1), small), options)
    if options["layout"].name == "columns":
        turned = ("scores", "mask")
        made = {name: a.T.copy() if name in turned else a for name, a in made.items()}
    return made


def share_arguments(options: Options) -> dict[str, str]:
    """Return the arguments of ``shares`` and their shapes."""
    if options["layout"].name == "columns":
        given = about(options)
        if "mask" in given:
            given["mask"] = given["mask"].replace("(n_q, n_k)", "(n_k, n_q)")
        return {"scores": "(n_k, n_q)", **given}
    return {"scores": "(n_q, n_k)", **about(options)}


def share_steps(options: Options) -> list[str]:
    """Return the program's lines of ``shares``."""
    turned = options["layout"].name == "columns"
    turn = "mask = mask.T" if turned and "mask" in needs(options) else ""
    steps = lines(options, "scale", "said", "look", "share")
    if options["said"].name == "none" and options["look"].name == "all":
        steps = [*lines(options, "scale"), unhidden(*lines(options, "share"))]
    return [
        *lines(options, "layout"),
        turn,
        *steps,
        options["layout"].option.after,
        "return weights",
    ]


def unhidden(text: str) -> str:
    """Return a step as it is where everything is seen: a learner of lesson 02 knows no mask."""
    text = text.replace(drawn.HIDE, "")
    return re.sub(r"np\.where\(seen, (.*), 0\)", r"\1", text)


def fitting_words(options: Options) -> Options:
    """Let the question turn a mask as the scores are, and speak of none where there is none."""
    if options["layout"].name == "columns":
        turned = {"query i (row)": "query i (column)", "key j (column)": "key j (row)"}
        options = {**options, "said": worded(options["said"], turned)}
    if options["said"].name != "none":
        return options
    look = options["look"]
    sentence = look.option.sentence.removeprefix("Besides, ")
    if sentence:
        options = {
            **options,
            "look": worded(look, {look.option.sentence: sentence[0].upper() + sentence[1:]}),
        }
    if options["look"].name == "all":
        seen = {"; what is hidden gets 0": "", "turns what is seen": "turns each query's scores"}
        seen |= {" that a query sees get": " get", " (all of them, if it sees fewer)": ""}
        options = {**options, "share": worded(options["share"], seen)}
    return options


def worded(choice: Choice, instead: Mapping[str, str]) -> Choice:
    """Return a choice whose sentence has other words in the places of some."""
    sentence = choice.option.sentence
    for old, new in instead.items():
        sentence = sentence.replace(old, new)
    return dataclasses.replace(choice, option=dataclasses.replace(choice.option, sentence=sentence))


SHARES = Kind(
    name="shares",
    track="code",
    lesson="02_softmax",
    noun="Shares",
    axes={
        "scale": drawn.TEMPER,
        "said": (OPEN, *drawn.SAID),
        "look": (dataclasses.replace(drawn.LOOK[0], lesson=2), *drawn.LOOK[1:]),
        "share": drawn.SHARE,
        "layout": SHARE_LAYOUT,
    },
    order=("layout", "scale", "said", "look", "share"),
    arguments=share_arguments,
    steps=share_steps,
    inputs=share_inputs,
    reads=reads_one,
    ways={"loop": by_loop.shares, "torch": by_torch("shares")},
    published={
        "softmax": "lesson 02's softmax",
        "temperature_softmax": "lesson 02's softmax with a temperature",
    },
    slips=(ACROSS, LOUD),
    loud="scores",
    settle=fitting_words,
    holds="every query gets its shares",
    notes=lambda o: "Return the shares, a table like `scores`.",
)

# attention --------------------------------------------------------------------------------------


def attention_arguments(options: Options) -> dict[str, str]:
    """Return the arguments of ``attention`` and their shapes."""
    shape = {"rows": "({n}, d)", "columns": "(d, {n})", "time first": "({n}, B, d)"}
    shape = shape[options["layout"].name]
    made = {x: shape.format(n=n) for x, n in (("q", "n_q"), ("k", "n_k"), ("v", "n_k"))}
    return made | about(options)


def of_sentences(option: Option) -> Option:
    """Return the option of one length as it is for several sentences, each with its own."""
    return dataclasses.replace(
        option,
        sentence="`lengths` says for each sentence how many keys are real: the first ones. What "
        "comes after is padding, and nobody looks at it.",
        lines=option.lines.replace("length", "lengths[:, None, None]"),
        needs=("lengths",),
        slips=tuple(map(of_sentences, option.slips)),
    )


def one_length_a_sentence(options: Options) -> Options:
    """Let several sentences have several lengths."""
    said = options["said"]
    if options["layout"].name == "time first" and said.name == "length":
        return {**options, "said": dataclasses.replace(said, option=of_sentences(said.option))}
    return options


ATTENTION = Kind(
    name="attention",
    track="code",
    lesson="05_matrix_form",
    noun="Attention",
    axes={
        "score": drawn.SCORE,
        "scale": drawn.SCALE,
        "bias": drawn.BIAS,
        "said": drawn.SAID,
        "look": drawn.LOOK,
        "share": drawn.SHARE,
        "layout": drawn.LAYOUT,
        "back": drawn.BACK,
    },
    order=("layout", "score", "scale", "bias", "said", "look", "share", "mix", "back"),
    arguments=attention_arguments,
    steps=lambda o: [
        *lines(o, "layout", "score", "scale", "bias", "said", "look", "share", "back"),
        o["layout"].option.after,
        o["back"].option.after,
    ],
    inputs=qkv_inputs,
    reads=reads_back,
    ways={"loop": by_loop.attention, "torch": by_torch("attention")},
    published={
        "attention": "lesson 05's attention",
        "lookup": "lesson 03's lookup",
    },
    slips=(ACROSS, KEYS, LOUD),
    loud="q",
    settle=one_length_a_sentence,
    holds="every query gets its output",
)

# layer ------------------------------------------------------------------------------------------

MAPS = (
    Option(
        "rows",
        "a table of weights stands to the right of the rows",
        "Queries are `x_query @ w_q`; keys and values are `x_key_value @ w_k` and "
        "`x_key_value @ w_v`.",
        "q, k, v = asks @ w_q, tells @ w_k, holds @ w_v",
        lesson=6,
        needs=("w_q", "w_k", "w_v"),
        rivals=(),
    ),
    Option(
        "linear",
        "tables lie as torch keeps them, and biases are added",
        "The tables lie as torch's `nn.Linear` keeps them, a row for each number that comes out: "
        "queries are `x_query @ w_q.T + b_q`, keys and values are made likewise from "
        "`x_key_value`.",
        "q, k, v = asks @ w_q.T + b_q, tells @ w_k.T + b_k, holds @ w_v.T + b_v",
        lesson=6,
        title="with torch's tables",
        needs=("w_q", "w_k", "w_v", "b_q", "b_k", "b_v"),
        rivals=(),
        slips=(
            Option(
                "linear, without biases",
                "no biases are added",
                lines="q, k, v = asks @ w_q.T, tells @ w_k.T, holds @ w_v.T",
                needs=("w_q", "w_k", "w_v"),
            ),
        ),
    ),
)
PLACES = (
    Option(
        "nowhere",
        "words have no places",
        lines="asks, tells, holds = x_query, x_key_value, x_key_value",
        lesson=6,
    ),
    Option(
        "everywhere",
        "places are added to all that comes in",
        "First each row gets its place: row i of `places` is added to row i of `x_query`, and of "
        "`x_key_value`. All three tables see the sums.",
        "asks = x_query + places[: len(x_query)]\n"
        "tells = holds = x_key_value + places[: len(x_key_value)]",
        lesson=8,
        title="with places",
        needs=("places",),
    ),
    Option(
        "for scores",
        "places are added for queries and keys only",
        "Row i of `places` is added to row i of `x_query`, and of `x_key_value`, before queries "
        "and keys are made of them. Values are made without places: where a word stands decides "
        "who looks at it, not what it hands over.",
        "asks = x_query + places[: len(x_query)]\n"
        "tells, holds = x_key_value + places[: len(x_key_value)], x_key_value",
        lesson=8,
        title="with places for scores alone",
        needs=("places",),
    ),
)
LAYER_BACK = (
    dataclasses.replace(drawn.BACK[0], lesson=6),
    dataclasses.replace(drawn.BACK[1], lesson=6),
    Option(
        "residual",
        "the row that asks is added to what it got",
        "Return `(output, weights)`, where the output is what a row got *plus the row of `x_query` "
        "itself*, as it came in.",
        "output = x_query + weights @ v",
        "return output, weights",
        lesson=10,
        title="with a skip",
    ),
)


def layer_inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return rows, tables of weights, and what the options need."""
    n_q, n_k, _, _ = sizes(small)
    wide, narrow = (2, 2) if small else (4, 3)
    wanted = needs(options)
    made = {
        "x_query": numbers(rng, (n_q, wide), small),
        "x_key_value": numbers(rng, (n_k, wide), small),
    }
    turned = options["maps"].name == "linear"
    for name, out in (("w_q", narrow), ("w_k", narrow), ("w_v", wide)):
        made[name] = numbers(rng, (out, wide) if turned else (wide, out), small)
    if turned:
        made |= {
            name: numbers(rng, (out,), small)
            for name, out in (("b_q", narrow), ("b_k", narrow), ("b_v", wide))
        }
    more = extras(rng, wanted, (n_q, n_k, narrow), small)
    if "places" in wanted:
        more["places"] = numbers(rng, (n_k, wide), small)
    return made | with_mask(more, options)


def layer_arguments(options: Options) -> dict[str, str]:
    """Return the arguments of ``layer`` and their shapes."""
    made = {"x_query": "(n_q, d_model)", "x_key_value": "(n_k, d_model)"}
    shapes = {"w_q": "(d_model, d_k)", "w_k": "(d_model, d_k)", "w_v": "(d_model, d_model)"}
    if options["maps"].name == "linear":
        shapes |= {"w_q": "(d_k, d_model)", "w_k": "(d_k, d_model)"}
        shapes |= {"b_q": "(d_k,)", "b_k": "(d_k,)", "b_v": "(d_model,)"}
    made |= shapes | about(options)
    if "places" in needs(options):
        made["places"] = ABOUT["places"]
    return made


LAYER = Kind(
    name="layer",
    track="code",
    lesson="06_attention_layer",
    noun="A layer of attention",
    axes={
        "maps": MAPS,
        "places": PLACES,
        "score": pick(drawn.SCORE, "dot", "cosine", "distance"),
        "scale": drawn.SCALE,
        "bias": drawn.BIAS,
        "said": drawn.SAID,
        "look": drawn.LOOK,
        "share": drawn.SHARE,
        "back": LAYER_BACK,
    },
    order=("places", "maps", "score", "scale", "bias", "said", "look", "share", "mix", "back"),
    arguments=layer_arguments,
    steps=lambda o: [
        *lines(o, "places", "maps", "score", "scale", "bias", "said", "look", "share", "back"),
        o["back"].option.after,
    ],
    inputs=layer_inputs,
    reads=reads_back,
    ways={"loop": by_loop.layer, "torch": by_torch("layer")},
    published={
        "AttentionLayer": "lesson 06's AttentionLayer",
        "self_attention": "lesson 08's self_attention",
        "attention": "lesson 05's attention",
    },
    slips=(ACROSS, KEYS, LOUD),
    loud="x_query",
    holds="every row gets its output",
)
