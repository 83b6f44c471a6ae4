"""The code track, lesson 03: one lookup as shapes."""

from collections.abc import Iterator, Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import Drawing, before, below, placed, two_layouts
from course_lib.pictures.diagrams.grids import CELL, HIGH, filled, fit, grid
from course_lib.pictures.diagrams.shapes import arrow, text

ASKS, SHARES, MIXES = 104, 90, 128  # from the keys to the scores, on to the weights, the values
TOP, LOW, NAME = 98, 36, 38  # room for the query; for the arrows to the output; for a name


@two_layouts
def draw_shapes(
    words: Sequence[str], query: np.ndarray, keys: np.ndarray, scores: np.ndarray,
    weights: np.ndarray, values: np.ndarray, output: np.ndarray, *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw one lookup as shapes: which numbers meet which, from the query to the output.

    Shapes:
        query (d_k,), keys (n, d_k), scores (n,), weights (n,), values (n, d_v), output (d_v,)

    Raises:
        ValueError: an array does not fit the words, the keys or the values.
    """
    n, (d_k, d_v) = len(words), (np.atleast_1d(table).shape[-1] for table in (keys, values))
    fit("keys", keys, n=n, d_k=d_k)
    fit("values", values, n=n, d_v=d_v)
    fit("query", query, d_k=d_k)
    fit("scores", scores, n=n)
    fit("weights", weights, n=n)
    fit("output", output, d_v=d_v)
    column = [np.reshape(each, (n, 1)) for each in (scores, weights)]
    named = grid(filled(keys, "key"), words)
    x_scores, y_low = named.width + ASKS, TOP + HIGH * n
    x_weights, y_mix = x_scores + CELL + SHARES, TOP
    x_values = x_weights + CELL + MIXES
    width = x_values + CELL * d_v
    share = x_weights - SHARES / 2
    if narrow:  # the weights stand below the scores, and lead back to the values
        x_weights, x_values, y_mix = x_scores, 0, y_low + 2 * NAME + 16
        width, share = x_scores + CELL + 40, x_weights + CELL / 2 + 38
    end = y_mix + HIGH * n
    mix = (min(x_values, x_weights) + CELL * (d_v if narrow else 1) + max(x_values, x_weights)) / 2
    tables = {
        "query": (grid(filled([query], "query")), named.width - CELL * d_k, TOP - 62),
        "keys": (named, 0, TOP),
        "scores": (grid(filled(column[0], "score")), x_scores, TOP),
        "weights": (grid(filled(column[1], "weight", full=1)), x_weights, y_mix),
        "values": (grid(filled(values, "value")), x_values, y_mix),
        "output": (grid(filled([output], "output")), x_values, end + LOW),
    }
    things = [(table.named(name), x, y) for name, (table, x, y) in tables.items()]
    whole = placed(width, end + LOW + HIGH + NAME, things)
    middle = {name: whole[f"{name}.middle"][0] for name in tables}
    labels = [
        (_named("query", f"(d_k,) = {np.shape(query)}"), middle["query"], 0),
        (_named("keys", f"(n, d_k) = {np.shape(keys)}"), middle["query"], y_low + 6),
        (_named("scores", f"(n,) = {np.shape(scores)}"), middle["scores"], TOP - NAME),
        (_named("weights", f"(n,) = {np.shape(weights)}"), middle["weights"], y_mix - NAME),
        (_named("values", f"(n, d_v) = {np.shape(values)}"), middle["values"], y_mix - NAME),
        (
            _named("output", f"(d_v,) = {np.shape(output)}"),
            middle["output"],
            whole.height - NAME + 4,
        ),
        (_step("compare", "keys @ query"), x_scores - ASKS / 2 + 2, y_low + 6),
        (_step("share", "softmax"), share, y_low + 6),
        (_step("mix", "weights @ values"), mix, end + 6),
    ]
    things = [(whole, 0, 0)] + [(label, x - label.width / 2, y) for label, x, y in labels]
    return before(placed(whole.width, whole.height, things), *_ways(whole, n, d_v))


def _ways(whole: Drawing, n: int, d_v: int) -> Iterator[str]:
    """Yield the arrows: a key meets the query, a weight its value; columns are added up."""
    down = whole["weights.top"][1] > whole["scores.bottom"][1]
    pairs = ("keys.right", "scores.left"), ("weights.right", "values.left")
    if down:
        pairs = pairs[0], ("weights.left", "values.right")
    for begins, ends in pairs:
        for i in range(n):
            away = 6 if whole[begins] < whole[ends] else -6
            y = whole[begins][1] + HIGH * (i + 0.5 - n / 2)
            yield arrow((whole[begins][0] + away, y), (whole[ends][0] - away, y))
    (x, y), (far, _) = whole["scores.right"], whole["weights.left"]
    if down:
        (x, y), (_, top) = whole["scores.bottom"], whole["weights.top"]
        yield arrow((x, y + 4), (x, top - NAME - 2))
    else:
        yield arrow((x + 8, y), (far - 8, y))
    (x, y), top = whole["query.bottom"], whole["keys.top"][1]
    yield arrow((x, y + 4), (x, top - 4))
    (x, _), (_, y), top = whole["values.left"], whole["values.bottom"], whole["output.top"][1]
    for j in range(d_v):
        across = x + CELL * (j + 0.5)
        yield arrow((across, y + 4), (across, top - 4))


def _named(name: str, shape: str) -> Drawing:
    """Return an array's name, and its shape below."""
    return below(text(name, size=14, bold=True), text(shape, size=12), gap=0)


def _step(everyday: str, code: str) -> Drawing:
    return below(text(everyday, size=14), text(code, size=12, italic=True), gap=0)
