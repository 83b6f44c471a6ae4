"""Lesson 03: drag a query and watch the shares, and what they mix."""

import html
from collections.abc import Sequence

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_lib.pictures.widgets.frame import bar, framed, listed, number, plain, table
from course_lib.pictures.widgets.plane import (
    checked_plane,
    plane_reach,
    plane_svg,
    plane_unit,
)


def drag_lookup(
    keys: ArrayLike,
    values: ArrayLike,
    labels: Sequence[str],
    query: ArrayLike,
    *,
    axes: tuple[str, str] = ("water", "finance"),
    features: Sequence[str] = ("shore", "institution", "doing"),
    query_label: str = "query",
    scale: float = 1.0,
) -> None:
    """Show the shares of all items, and the mixture of their values, while a query is dragged.

    `features` names the columns of the values; the scores are multiplied by `scale`.

    Shapes:
        keys: (n_k, 2)
        values: (n_k, d_v)
        query: (2,)

    Raises:
        ValueError: keys or query do not have two numbers, or values, labels and features do not
            fit together.

    Example:
        >>> drag_lookup([[2, -1], [0, 3]], [[10, 0], [0, 8]], ["river", "money"], [1, 1],
        ...             features=["shore", "institution"])  # doctest: +ELLIPSIS
        A picture to drag: ...
    """
    keys, query = checked_plane(keys, labels, query, "keys")
    values = np.asarray(values, dtype=float)
    if values.shape != (len(labels), len(features)):
        raise ValueError(
            "values must have one row per label and one column per feature, "
            f"({len(labels)}, {len(features)}), but their shape is {values.shape}: "
            "name as many features as a value has numbers"
        )
    shares = [number("score"), number("share"), bar("sharebar")]
    output = [number("output"), bar("outputbar")]
    body = (
        "<div class='sides'>"
        + plane_svg(keys, labels, query, query_label=query_label, axes=axes)
        + f"<div><p>{html.escape(query_label)} = <code data-part='query'></code></p>"
        + table("Whom does the query find?", ["word", "score", "share", ""], labels, shares)
        + table("What does it get?", ["", "output", ""], features, output)
        + "</div></div>"
    )
    data = {
        "keys": plain(keys),
        "values": plain(values),
        "labels": list(labels),
        "features": list(features),
        "query": plain(query),
        "scale": plain(scale),
        "reach": plane_reach(keys, query),
        "unit": plane_unit(keys, query),
        "range": [min(float(values.min()), 0.0), max(float(values.max()), 1e-9)],
    }
    text = (
        f"A picture to drag: the query's arrow among the keys of {listed(labels)}. Beside it stand "
        f"the share of each word and the mixed output ({listed(features)})."
    )
    label = "A query to drag, the shares of attention, and the output"
    display(framed("drag_lookup", label, body, ["plane", "lookup"], data, text))
