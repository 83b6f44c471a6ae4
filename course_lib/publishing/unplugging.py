"""Attention with paper cards: the activity as a page to print, with the example's numbers."""

import numpy as np

from course_lib import examples
from course_lib.attention import attend
from course_lib.publishing.planning import FILE

TEXT = FILE.with_name("unplugged.md")
BEANS = 100


def page(text: str) -> str:
    """Return the script of the activity, and its cards, a page each."""
    return TEXT.read_text(encoding="utf-8").format(**numbers())


def numbers() -> dict[str, object]:
    """Return what the groups should find, step by step."""
    words, keys, values = examples.words, examples.keys, examples.values
    scores = keys @ examples.query  # (4,)
    output, weights = attend(examples.query, keys, values, scale=1)
    short, two = attend(examples.query, keys[:2], values[:2], scale=1)
    other = examples.queries[words.index("lends")]
    second, looks = attend(other, keys, values, scale=1)
    grown = np.exp(scores).round(2)  # as the table of growth has it
    return {
        "scores": _row(words, scores, "{:.0f}"),
        "grown": _row(words, grown, "{:.2f}"),
        "sum": f"{grown.sum():.2f}",
        "beans": _row(words, BEANS * weights, "{:.0f}"),
        "output": _row(examples.value_features, output, "{:.1f}"),
        "short_beans": _row(words[:2], BEANS * two, "{:.0f}"),
        "short_output": _row(examples.value_features, short, "{:.1f}"),
        "other": _list(other),
        "other_beans": _row(words, BEANS * looks, "{:.0f}"),
        "other_output": _row(examples.value_features, second, "{:.1f}"),
        "query": _list(examples.query),
        "table": _growth(),
        "cards": "\n\n".join(map(_card, words, keys, values)),
    }


def _row(names, numbers, form):
    return ", ".join(f"{n} {form.format(x + 0.0)}" for n, x in zip(names, numbers)).replace(
        "-", "−"
    )


def _list(numbers):
    return f"[{', '.join(f'{n:.0f}' for n in numbers)}]".replace("-", "−")


def _growth():
    """Return the table of growth that replaces a pocket calculator."""
    scores = range(-2, 4)
    rows = [f"| {score} | {np.exp(score):.2f} |".replace("| -", "| −") for score in scores]
    return "\n".join(["| score | grows to |", "|---|---|", *rows])


def _card(word, key, value):
    """Return one word's card, on a page of its own when printed."""
    label, jar = ", ".join(examples.key_features), ", ".join(examples.value_features)
    return "\n".join([
        '<div style="break-before: page"></div>\n',
        f"### {word}\n",
        f"| label: {label} | jar: {jar} |",
        "|---|---|",
        f"| **{_list(key)}** | **{_list(value)}** |\n",
        "| my score | grows to | my beans of 100 | I pour (jar × beans ÷ 100) |",
        "|---|---|---|---|",
        "| | | | |",
    ])  # fmt: skip
