"""How questions are written: choices with letters, arrows, tables with colours."""

import html

LETTERS = "abcd"


def shuffled(rng, names):
    """Return the names of a question's choices in a fresh order: the first becomes letter a."""
    return [str(name) for name in rng.permutation(list(names))]


def letter_of(name, inputs):
    """Return the letter under which a choice stands in this variant."""
    return LETTERS[inputs["order"].index(name)]


def choices(texts, inputs):
    """Return the choices as a Markdown list, each with its letter."""
    lines = [f"- **{letter_of(name, inputs)}** {texts[name]}" for name in inputs["order"]]
    return "\n".join(lines)


def signed(value, decimals=0):
    """Return a number as text, with a true minus sign."""
    return f"{value:.{decimals}f}".replace("-", "−")


def pair(vector):
    """Return an arrow as it is written in the lessons: [2, −1]."""
    return "[" + ", ".join(signed(entry) for entry in vector) + "]"


def as_pairs(arrows):
    """Return the rows of an array as pairs of whole numbers."""
    return [(int(x), int(y)) for x, y in arrows]


def markdown_table(head, rows):
    """Return a Markdown table, numbers to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def heat_map(labels, matrix):
    """Return a table with a number in each cell, and a colour that says the same."""
    cell = "padding:0.35em 0.8em;text-align:center"
    head = "".join(f'<th style="{cell}">{html.escape(label)}</th>' for label in labels)
    rows = "".join(
        f'<tr><th style="{cell}">{html.escape(label)}</th>'
        + "".join(f'<td style="{cell};{_colours(entry)}">{signed(entry, 2)}</td>' for entry in row)
        + "</tr>"
        for label, row in zip(labels, matrix, strict=True)
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _colours(entry):
    """White at zero, purple above, orange below, as in the lesson's heat map."""
    full = (84, 39, 136) if entry > 0 else (179, 88, 6)
    red, green, blue = (round(255 + abs(entry) * (part - 255)) for part in full)
    ink = "#ffffff" if entry > 0.7 or entry < -0.96 else "#000000"
    return f"background-color:#{red:02x}{green:02x}{blue:02x};color:{ink}"


def alignment_table(german, english, percents):
    """Return a table, German words as rows, English ones as columns: a number and a blue for it."""
    cell = "padding:0.3em 0.7em;text-align:center"
    head = "".join(f'<th style="{cell}">{html.escape(w)}</th>' for w in english)
    rows = "".join(
        f'<tr><th style="{cell}">{html.escape(w)}</th>'
        + "".join(f'<td style="{cell};{_blue(entry)}">{entry}</td>' for entry in row)
        + "</tr>"
        for w, row in zip(german, percents, strict=True)
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _blue(percent):
    red, green, blue = (round(255 + percent / 100 * (part - 255)) for part in (8, 48, 107))
    ink = "#ffffff" if percent > 65 else "#000000"
    return f"background-color:#{red:02x}{green:02x}{blue:02x};color:{ink}"
