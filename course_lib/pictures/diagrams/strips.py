"""The code track: arrays as rows of cells: what a mask covers, and where a reshape puts numbers."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import Drawing, before, below, beside, placed, two_layouts
from course_lib.pictures.diagrams.grids import cell, grid
from course_lib.pictures.diagrams.shapes import arrow, frame, mixed, text, width_of
from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import ROLES

NOTHING = "−∞"


def draw_cover(words: Sequence[str], scores: np.ndarray, weights: np.ndarray) -> Drawing:
    """Draw how a mask works: scores, −∞ where one may not look, and below them the weights.

    scores: as they enter the softmax, -inf where the mask says False.

    Shapes:
        scores (n, n), weights (n, n), rows ask.

    Raises:
        ValueError: a table does not fit the words.
    """
    scores, weights = _table(scores, words, "scores"), _table(weights, words, "weights")
    full = np.abs(scores[np.isfinite(scores)]).max(initial=1e-12)
    cells = (
        [[_score(score, full) for score in row] for row in scores],
        [[_share(share, score) for share, score in zip(*rows)] for rows in zip(weights, scores)],
    )
    titles = "np.where(mask, scores, -np.inf)", "softmax of each row"
    covered, shared = (grid(each, words, words, title) for each, title in zip(cells, titles))
    whole = below(covered.named("scores"), shared.named("weights"), gap=44)
    (x, y), (_, low) = whole["scores.bottom"], whole["weights.top"]
    return before(whole, arrow((x, y + 6), (x, low - 6)))


@two_layouts
def draw_stretch(
    mask: np.ndarray, sentences: Sequence[Sequence[str]], *, narrow: bool = False
) -> Drawing:
    """Draw how the one row of each sentence's padding mask stands for every query in it.

    sentences: their words, pads and all.

    Shapes:
        mask boolean, (B, 1, n_k), True = may look; B sentences of n_k words.

    Raises:
        ValueError: the sentences are not equally long, or the mask has not a row for each.
    """
    mask, n = np.asarray(mask), max(map(len, sentences), default=0)
    if not n or {*map(len, sentences)} != {n} or mask.shape != (len(sentences), 1, n):
        raise ValueError(
            f"mask must be (B, 1, n_k), a row for each of the {len(sentences)} sentences and a "
            f"truth for each of their words, pads and all; it has shape {mask.shape}"
        )
    side = max(width_of(word, 13) for words in sentences for word in words) + 8
    rows = [_stretched(mask[b, 0], words, b, side, narrow) for b, words in enumerate(sentences)]
    ends = {
        "one.right": f"mask, (B, 1, n_k) = {mask.shape}",
        "every.right": f"(B, n_q, n_k) = {(len(mask), n, n)}",
    }
    if narrow:
        heads = below(*(text(title, size=14) for title in ends.values()), gap=2, align="right")
        return below(heads, *rows, gap=14, align="right")
    titles = [(text(title, size=14), rows[0][end][0]) for end, title in ends.items()]
    things = [(title, x - title.width, 0) for title, x in titles]
    return below(placed(rows[0].width, titles[0][0].height, things), *rows, gap=14)


def _stretched(
    row: np.ndarray, words: Sequence[str], sentence: int, side: float, narrow: bool
) -> Drawing:
    """Return a row of the mask, and the table in which it is repeated."""
    cells = [cell(str(bool(value)), "#FFFFFF", dashed=not value) for value in row]
    one = grid([cells], [f"sentence {sentence}, all queries"], words).named("one")
    every = grid([cells] * len(words), words, words, side=side).named("every")
    if narrow:
        whole = below(one, every, gap=34, align="right")
        x, y = whole["every.top"]
        return before(whole, arrow((x + side / 2, y - 30), (x + side / 2, y - 4)))
    whole = beside(one, every, gap=60)
    (x, y), (far, _) = whole["one.right"], whole["every.left"]
    return before(whole, arrow((x + 6, y + 10), (far - 6, y + 10)))


def draw_heads(table: np.ndarray, n_heads: int) -> Drawing:
    """Draw where numbers go when heads are cut: by one reshape, and by a cut and a turn.

    A row is filled by the word that its numbers came from, and names it.

    Shapes:
        table (n, d_model), a row for each word.

    Raises:
        ValueError: it is no table, or d_model can't be cut into so many heads.
    """
    table = np.asarray(table)
    if table.ndim != 2 or n_heads < 1 or table.shape[1] % n_heads:
        raise ValueError(
            f"table must be (n, d_model) with d_model a multiple of n_heads = {n_heads}; it has "
            f"shape {table.shape}"
        )
    n, d = table.shape
    owner = np.repeat(np.arange(n), d).reshape(n, d)
    alone, cut = (n_heads, n, d // n_heads), (n, n_heads, d // n_heads)
    whole = _rows(table, owner, "words, (n, d_model)", frame_=False)
    wrong = _heads(table.reshape(alone), owner.reshape(alone), "one reshape")
    turned = table.reshape(cut).swapaxes(0, 1), owner.reshape(cut).swapaxes(0, 1)
    cuts = beside(wrong, _heads(*turned, "cut, then transpose"), gap=30)
    return below(whole, cuts, gap=26)


def _heads(numbers: np.ndarray, owner: np.ndarray, title: str) -> Drawing:
    """Return the heads below each other, each in a frame."""
    each = [
        _rows(rows, owners, f"head {head}", frame_=True)
        for head, (rows, owners) in enumerate(zip(numbers, owner))
    ]
    return below(text(title, bold=True, size=14), *each, gap=10)


def _rows(numbers: np.ndarray, owner: np.ndarray, title: str, *, frame_: bool) -> Drawing:
    """Return rows of cells, each filled and named by the words that its numbers belong to."""
    shades = [mixed(ROLES["key"], share) for share in np.linspace(0, 0.9, owner.max() + 2)]
    cells = [
        [cell(str(value), shades[word]) for value, word in zip(row, words)]
        for row, words in zip(numbers, owner)
    ]
    names = [f"word {' + '.join(map(str, sorted(set(words.tolist()))))}" for words in owner]
    inside = grid(cells, names, [], title)
    if not frame_:
        return inside
    width, height = inside.width + 16, inside.height + 12
    rim = Drawing(width, height, (frame(width, height, round_=8),))
    return placed(width, height, [(rim, 0, 0), (inside, 8, 6)])


def _score(score: float, full: float) -> Drawing:
    if not np.isfinite(score):
        return cell(NOTHING, "#FFFFFF", dashed=True)
    return cell(signed(score), mixed(ROLES["output"], 0.25 * abs(score) / full))


def _share(share: float, score: float) -> Drawing:
    fill = mixed(ROLES["weight"], float(share))
    return cell("0" if not np.isfinite(score) else f"{share:.2f}", fill, dashed=share == 0)


def _table(array: np.ndarray, words: Sequence[str], name: str) -> np.ndarray:
    array = np.asarray(array, dtype=float)
    if array.shape != (len(words), len(words)):
        raise ValueError(
            f"{name} must have a row and a column for each of the {len(words)} words; it has "
            f"shape {array.shape}"
        )
    return array
