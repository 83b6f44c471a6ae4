"""The code track: arrays as rows of cells: what a mask covers, and where a reshape puts numbers."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import Drawing, before, below, beside, number, placed
from course_lib.pictures.diagrams.shapes import arrow, centred, frame, mixed, text
from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import ROLES, text_colour

CELL, HIGH = 50.0, 30.0  # a cell's width and height, in pixels
RIM = "#333333"  # of a cell: it is seen upon the cell, whose colour is the same by day and night
NOTHING = "−∞"


def draw_cover(words: Sequence[str], scores: np.ndarray, weights: np.ndarray) -> Drawing:
    """Draw how a mask works: the scores, the same with −∞ where one may not look, the weights.

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
    covered, shared = (_grid(grid, words, words, title) for grid, title in zip(cells, titles))
    whole = beside(covered.named("scores"), shared.named("weights"), gap=64)
    (x, y), (far, _) = whole["scores.right"], whole["weights.left"]
    return before(whole, arrow((x + 8, y + 20), (far - 8, y + 20)))


def draw_stretch(row: np.ndarray, words: Sequence[str]) -> Drawing:
    """Draw how the one row of a padding mask stands for every query of its sentence.

    Shapes:
        row boolean, (n_k,), True = may look; a word for each key, pads and all.

    Raises:
        ValueError: it is no row, or has no word for each key.
    """
    row = np.asarray(row)
    if row.shape != (len(words),):
        raise ValueError(
            f"row must be (n_k,), a truth for each of the {len(words)} words; it has shape "
            f"{row.shape}"
        )
    cells = [_cell(str(bool(value)), "#FFFFFF", dashed=not value) for value in row]
    one = _grid([cells], ["all queries"], words, "(1, n_k)").named("one")
    every = _grid([cells] * len(row), words, words, "(n_q, n_k)").named("every")
    whole = beside(one, every, gap=60)
    (x, y), (far, _) = whole["one.right"], whole["every.left"]
    return before(whole, arrow((x + 6, y + 21), (far - 6, y + 21)))


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
    return beside(whole, wrong, _heads(*turned, "cut, then transpose"), gap=44)


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
        [_cell(str(value), shades[word]) for value, word in zip(row, words)]
        for row, words in zip(numbers, owner)
    ]
    names = [f"word {' + '.join(map(str, sorted(set(words.tolist()))))}" for words in owner]
    inside = _grid(cells, names, [], title)
    if not frame_:
        return inside
    width, height = inside.width + 16, inside.height + 12
    rim = Drawing(width, height, (frame(width, height, round_=8),))
    return placed(width, height, [(rim, 0, 0), (inside, 8, 6)])


def _grid(
    cells: Sequence[Sequence[Drawing]], rows: Sequence[str], columns: Sequence[str], title: str
) -> Drawing:
    """Return cells as a table, with names before its rows and above its columns."""
    names = [text(name, size=13) for name in rows]
    side = max(name.width for name in names) + 8
    top = 20.0 if columns else 0.0
    heads = [centred(text(name, size=12), CELL) for name in columns]
    things = [(head, side + CELL * j, 0.0) for j, head in enumerate(heads)]
    for i, (name, line) in enumerate(zip(names, cells)):
        things.append((name, side - 8 - name.width, top + HIGH * i + 7))
        things += [(cell, side + CELL * j, top + HIGH * i) for j, cell in enumerate(line)]
    table = placed(side + CELL * len(cells[0]), top + HIGH * len(cells), things)
    return below(text(title, size=14), table, gap=6, align="right") if title else table


def _cell(words: str, fill: str, *, dashed: bool = False) -> Drawing:
    """Return one cell; a dashed rim says that nothing may be seen there."""
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    part = (
        f'<rect x="1" y="1" width="{number(CELL - 2)}" height="{number(HIGH - 2)}" '
        f'fill="{fill}" stroke="{RIM}" stroke-width="1.2"{dashes}/>'
        f'<text x="{number(CELL / 2)}" y="20" font-size="13" text-anchor="middle" '
        f'fill="{text_colour(fill)}">{words}</text>'
    )
    return Drawing(CELL, HIGH, (part,), (words,))


def _score(score: float, full: float) -> Drawing:
    if not np.isfinite(score):
        return _cell(NOTHING, "#FFFFFF", dashed=True)
    return _cell(signed(score), mixed(ROLES["output"], 0.25 * abs(score) / full))


def _share(share: float, score: float) -> Drawing:
    fill = mixed(ROLES["key"], float(share))
    return _cell("0" if not np.isfinite(score) else f"{share:.2f}", fill, dashed=share == 0)


def _table(array: np.ndarray, words: Sequence[str], name: str) -> np.ndarray:
    array = np.asarray(array, dtype=float)
    if array.shape != (len(words), len(words)):
        raise ValueError(
            f"{name} must have a row and a column for each of the {len(words)} words; it has "
            f"shape {array.shape}"
        )
    return array
