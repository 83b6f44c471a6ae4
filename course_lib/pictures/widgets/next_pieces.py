"""Lesson 11: write on, piece by piece: bars for the next ones, and the reader takes one."""

from collections.abc import Mapping, Sequence

from IPython.display import display

from course_lib.pictures.figures.shares import percent
from course_lib.pictures.widgets.frame import KEYS_ARE_MINE, bar, framed, heading, number

BUTTONS = (("draw", "Let chance draw"), ("back", "One back"), ("reset", "Start again"))


def choose_next(
    prompt: str, ways: Mapping[str, Mapping[str, Sequence]], *, n_pieces: int, shown: int = 5
) -> None:
    """Show how likely some pieces are to come next; the reader takes one, or lets chance draw.

    ways: what may come along each way, {"": …, "0": …, "0 2": …}, the first taken, then the third:
    {"pieces": those with the largest shares, "shares": of each}. Which can be taken is counted
    without <end>, and hangs on which ways there are. All others together have a bar of their own.

    Raises:
        ValueError: the way "" is missing, or one has not a share for each of its pieces.

    Example:
        >>> ways = {"": {"pieces": [" is", " of"], "shares": [0.5, 0.2]}}
        >>> choose_next("The bank", ways, n_pieces=768, shown=2)
        A text to write on: The bank. Next may come ␣is, 50 %; ␣of, 20 %.
    """
    places = {way: _place(each, shown) for way, each in ways.items()}
    if "" not in places:
        raise ValueError('ways must have the way "", what may come after the prompt')
    button = f"<button type='button' {KEYS_ARE_MINE} data-part='{{}}'>{{}}</button>"
    row = "<tr data-part='row{0}'><th scope='row' data-part='piece{0}'></th>{1}{2}</tr>"
    rows = (row.format(n, number("share")(n), bar("bar")(n)) for n in range(shown + 1))
    body = (
        "<p>So far: <strong data-part='text' style='white-space:pre-wrap'></strong></p>"
        "<table><caption>What may come next</caption>"
        f"{heading(['piece', 'share', ''])}<tbody>{''.join(rows)}</tbody></table><p>"
        + " ".join(button.format(*each) for each in BUTTONS)
        + "</p>"
    )
    data = {"prompt": prompt, "ways": places, "others": n_pieces - shown, "shown": shown}
    first = "; ".join(f"{visible(p)}, {percent(s)}" for p, s in zip(*places[""].values()))
    said = f"A text to write on: {prompt}. Next may come {first}."
    label = "A text to write on, piece by piece"
    display(framed("choose_next", label, body, ["next_pieces"], data, said))


def _place(way, shown):
    """Return the first pieces and shares of a place, for the script."""
    pieces, shares = list(way["pieces"])[:shown], list(way["shares"])[:shown]
    if len(pieces) != shown or len(shares) != shown or sum(shares) > 1 + 1e-6:
        raise ValueError(
            f"each way must have at least {shown} pieces, and as many shares, of 100 % at most "
            f"together; one has {len(pieces)} pieces and the shares {shares}"
        )
    return {"pieces": pieces, "shares": shares}


def visible(piece: str) -> str:
    """Return a piece as it is written on a card: its space in front, or a new line, is seen.

    Example:
        >>> visible(" bank"), visible("\\n")
        ('␣bank', '¶')
    """
    return piece.replace(" ", "␣").replace("\n", "¶")
