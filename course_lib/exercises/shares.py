"""Shares of attention in the questions of the intuition track: as numbers, and as bars."""

import html
from collections.abc import Sequence

import numpy as np


def shares_of(scores: Sequence[float]) -> np.ndarray:
    """Return the shares of a few scores of moderate size.

    Example:
        >>> shares_of([0, 0]).tolist()
        [0.5, 0.5]
    """
    raised = np.exp(np.asarray(scores, dtype=float))
    return raised / raised.sum()


def bars(labels: Sequence[str], percents: Sequence[int]) -> str:
    """Return a table with a bar for each share, and the share as a number."""
    rows = "".join(
        f'<tr><td style="text-align:right">{html.escape(label)}</td>'
        f'<td style="text-align:right">{f"{share} %" if share else "&lt;1 %"}</td>'
        f'<td style="text-align:left;min-width:13em"><div style="height:0.9em;'
        f'width:{0.12 * share:.2f}em;background-color:#E69F00;border:1px solid #222222">'
        "</div></td></tr>"
        for label, share in zip(labels, percents, strict=True)
    )
    return f"<table><tbody>{rows}</tbody></table>"
