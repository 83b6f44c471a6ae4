"""The page of benchmarks: pictures of the committed results, each with how to make it again."""

import json
from typing import Any

from matplotlib.figure import Figure

from course_lib.lessons import ROOT
from course_lib.pictures.figures import draw_curves
from course_lib.pictures.framing import figure_page
from course_lib.publishing.site import pictures
from course_lib.publishing.site.pages import text

FOLDER = ROOT / "benchmarks" / "results"
TRANSLATORS = {  # the name in the results: the name in the picture
    "RNNEncoderDecoder": "one fixed vector",
    "RNNSearch": "RNN with attention",
    "Transformer, sinusoidal": "Transformer, sinusoids",
    "Transformer, rotary": "Transformer, rotary",
}


def results(name: str) -> dict[str, Any]:
    """Return the committed results of a benchmark."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def page(files: dict[str, bytes]) -> str:
    """Return the page in Markdown; its pictures are added to ``files``."""
    shown = (_translation(), _attention(), _online(), _grading())
    parts = []
    for title, name, (figure, alt, caption) in zip(
        (
            "How well do they translate, by length?",
            "How does the time of attention grow?",
            "How much memory does the online softmax save?",
            "How long does marking a class take?",
        ),
        ("translation", "attention_cost", "online_memory", "grading"),
        shown,
    ):
        found = results(name)
        with_picture = pictures.fitted(figure_page(figure, alt, caption).page, "", files)
        made = found["made by"].removesuffix(" --write")
        versions = ", ".join(f"{k} {v}" for k, v in found["versions"].items())
        parts.append(f"## {title}\n\n{with_picture}\n\n`{made}` · {versions}")
    return text("benchmarks", benchmarks="\n\n".join(parts))


def _translation() -> tuple[Figure, str, str]:
    found = results("translation")["bleu: mean, lowest, highest"]
    lengths = list(found["RNNSearch"])
    middle = [sum(map(int, length.split("-"))) / 2 for length in lengths]
    curves = {
        name: [found[key][length][0] for length in lengths] for key, name in TRANSLATORS.items()
    }
    figure = draw_curves(middle, curves, xlabel="tokens in the sentence", ylabel="BLEU")
    last = {name: round(values[-1]) for name, values in curves.items()}
    ends = ", ".join(f"{name} {value}" for name, value in last.items())
    alt = f"Four curves that fall with the length of the sentence. At {lengths[-1]} tokens: {ends}."
    return (
        figure,
        alt,
        (
            "Trained on up to 30 tokens, three seeds, means. One fixed vector loses long "
            "sentences; attention keeps them as far as it was trained; beyond that, all fall."
        ),
    )


def _attention() -> tuple[Figure, str, str]:
    sizes = results("attention_cost")["sizes"]
    n = [size["n"] for size in sizes]
    kinds = list(sizes[0]["milliseconds"])
    curves = {kind: [size["milliseconds"][kind] for size in sizes] for kind in kinds}
    figure = draw_curves(n, curves, xlabel="n, tokens", ylabel="milliseconds")
    growth = {kind: round(times[-1] / times[0]) for kind, times in curves.items()}
    alt = f"{len(kinds)} curves that rise with n, from {n[0]} to {n[-1]} tokens: " + ", ".join(
        f"{kind} by a factor of {factor}" for kind, factor in growth.items()
    )
    return figure, f"{alt}.", f"{n[-1] // n[0]} times as many tokens cost far more than that."


def _online() -> tuple[Figure, str, str]:
    sizes = results("online_memory")["sizes"]
    n = [size["n"] for size in sizes]
    curves = {
        kind: [size["peak_bytes"][kind] / 2**20 for size in sizes]
        for kind in ("textbook", "online")
    }
    figure = draw_curves(n, curves, xlabel="n, tokens", ylabel="peak memory, MB")
    saved = round(sizes[-1]["textbook_over_online"])
    alt = (
        f"Two curves of peak memory. At n = {n[-1]} textbook attention takes "
        f"{curves['textbook'][-1]:.0f} MB, online attention {curves['online'][-1]:.0f} MB."
    )
    return figure, alt, f"Without the n × n table: {saved} times less at n = {n[-1]}."


def _grading() -> tuple[Figure, str, str]:
    found = results("grading")
    by_size = found["by size of the class"]
    students = [int(size) for size in by_size]
    seconds = [by_size[size]["seconds a submission"] for size in by_size]
    nbgrader = found["beside nbgrader"]["nbgrader: median seconds"]
    curves = {"this course": seconds, "nbgrader": [nbgrader] * len(students)}
    figure = draw_curves(students, curves, xlabel="students", ylabel="seconds a submission")
    alt = (
        f"Two curves over the size of the class. This course takes {seconds[0]:.2f} to "
        f"{seconds[-1]:.2f} s a submission, nbgrader {nbgrader:.2f} s."
    )
    times = round(found["beside nbgrader"]["nbgrader over ours"])
    return figure, alt, f"Side by side, nbgrader's autograde takes {times} times as long."
