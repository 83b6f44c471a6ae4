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
    DRAG,
    checked_plane,
    plane_reach,
    plane_svg,
    plane_unit,
)
from course_lib.similarity import norm

_SCRIPT = """
const names = {dot: data.product, cosine: "cosine"};
let measure = "dot";
const draw = () => {
  const length = Math.hypot(...query);
  const dots = data.keys.map((key) => dot(key, query));
  const cosines = dots.map((number, i) =>
    length && data.lengths[i] ? number / (length * data.lengths[i]) : 0);
  const shown = measure === "dot" ? dots : cosines, largest = Math.max(...shown);
  const full = measure === "dot" ? Math.max(data.full, ...dots.map(Math.abs)) : 1;
  const best = shown.map((number) => number > largest - 1e-9);
  data.labels.forEach((label, i) => {
    find(`dot${i}`).textContent = write(dots[i]);
    find(`cosine${i}`).textContent = write(cosines[i]);
    find(`length${i}`).textContent = write(data.lengths[i]);
    const bar = find(`bar${i}`), width = 50 * Math.abs(shown[i]) / full;
    bar.style.width = `${width}%`;
    bar.style.marginLeft = `${shown[i] < 0 ? 50 - width : 50}%`;
    bar.style.background = shown[i] < 0 ? "transparent" : data.roles.score;
    find(`row${i}`).className = best[i] ? "best" : "";
  });
  const at = `${write(query[0], 1)}, ${write(query[1], 1)}`;
  find("query").textContent = `[${at.replaceAll("\u2212", "-")}]`;
  find("length").textContent = write(length);
  root.querySelector("th:last-child").textContent = `bars: ${names[measure]}`;
  find("measure").textContent = `Compare by ${names[measure === "dot" ? "cosine" : "dot"]}`;
  const winners = data.labels.filter((label, i) => best[i]).join(" and ");
  say(`Query ${at}. Largest ${names[measure]}: ${winners}, ${write(largest)}.`);
};
find("measure").addEventListener("click", () => {
  measure = measure === "dot" ? "cosine" : "dot";
  draw();
});
arrow();
draw();
"""


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
            {
                label: [
                    number(f"dot{i}"),
                    number(f"cosine{i}"),
                    number(f"length{i}"),
                    bar(f"bar{i}"),
                ]
                for i, label in enumerate(labels)
            },
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
    display(framed("drag_similarity", label, body, DRAG + _SCRIPT, data, text))
