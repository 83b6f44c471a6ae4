"""Lesson 01: drag a query and watch dot products and cosines."""

import html
from collections.abc import Sequence

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_lib.pictures.widgets.frame import (
    KEYS_ARE_MINE,
    bar,
    framed,
    listed,
    number,
    plain,
    table,
)
from course_lib.pictures.widgets.plane import (
    checked_plane,
    plane_reach,
    plane_svg,
    plane_unit,
)
from course_lib.similarity import norm


def drag_similarity(
    vectors: ArrayLike,
    labels: Sequence[str],
    query: ArrayLike,
    *,
    axes: tuple[str, str] = ("water", "finance"),
    query_label: str = "query",
    product_name: str = "dot product",
) -> None:
    """Show arrows whose dot products and cosines with a query change while its tip is dragged.

    `product_name` is what the dot product is called: for readers who know it as the score.

    Shapes:
        vectors: (n_k, 2)
        query: (2,)

    Raises:
        ValueError: a vector or the query does not have two numbers, or the labels do not fit.

    Example:
        >>> drag_similarity([[2, -1], [0, 3]], ["river", "money"], [1, 1])  # doctest: +ELLIPSIS
        A picture to drag: ...
    """
    vectors, query = checked_plane(vectors, labels, query, "vectors")
    body = (
        "<div class='sides'>"
        + plane_svg(vectors, labels, query, query_label=query_label, axes=axes)
        + "<div>"
        + f"<p>{html.escape(query_label)} = <code data-part='query'></code>, length "
        + "<span data-part='length'></span></p>"
        + table(
            "How alike is each word?",
            ["word", product_name, "cosine", "length", "bars"],
            labels,
            [number("dot"), number("cosine"), number("length"), bar("bar")],
        )
        + f"<button type='button' {KEYS_ARE_MINE} data-part='measure'></button></div></div>"
    )
    data = {
        "keys": plain(vectors),
        "lengths": plain(norm(vectors)),
        "labels": list(labels),
        "query": plain(query),
        "product": product_name,
        "reach": plane_reach(vectors, query),
        "unit": plane_unit(vectors, query),
        "full": plain(np.abs(vectors @ query).max()) or 1.0,
    }
    text = (
        f"A picture to drag: the query's arrow among the arrows of {listed(labels)}. Beside each "
        f"word stand its {product_name} and its cosine with the query."
    )
    label = "Arrows to compare with a query"
    display(framed("drag_similarity", label, body, ["plane", "similarity"], data, text))
