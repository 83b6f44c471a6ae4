"""The map of the course: each lesson in three tracks, linked both ways, with every exercise."""

import re

import nbformat
import pytest

from course_lib.exercises import names
from course_lib.lessons import EXERCISES, NOTEBOOKS, ROOT, SOLUTIONS, TRACKS
from course_lib.lessons import LESSONS as REGISTERED
from course_lib.publishing import complete, making

LESSONS = [lesson.stem for lesson in REGISTERED]
CONTRACT = {  # what teachers' own notebooks may rely on: lesson -> how each exercise is called
    "code/01": ["dot(a, b)", "cosine_similarity(queries, keys)", "most_similar(query, keys, k)"],
    "code/02": ["softmax(scores, axis=-1)", "temperature_softmax(scores, temperature)"],
    "code/03": ["lookup(query, keys, values)"],
    "code/04": ["scaled_scores(query, keys)"],
    "code/05": [
        "causal_mask(n)",
        "padding_mask(lengths, n_keys)",
        "attention(q, k, v, mask=None)",
    ],
    "code/06": [
        "AttentionLayer(d_query, d_key_value, d_k, d_v).forward(x_query, x_key_value, mask=None)"
    ],
    "code/07": ["AdditiveAttention(d_query, d_key, d_hidden).forward(query, keys, mask=None)"],
    "code/08": ["sinusoidal_positions(n, d_model)", "self_attention(x, w_q, w_k, w_v, mask=None)"],
    "code/09": [
        "split_heads(x, n_heads)",
        "merge_heads(x)",
        "MultiHeadAttention(d_model, n_heads).forward(x_query, x_key_value, mask=None)",
    ],
    "code/10": [
        "layer_norm(x, gain, bias, eps=1e-5)",
        "TransformerLayer(d_model, n_heads, d_ff, norm_first=False).forward(x, mask=None)",
        "capstone_encoder(weights, token_ids, mask)",
    ],
    "code/11": [
        "next_token_loss(logits, targets, ignore=-100)",
        "sample(logits, temperature, top_k, rng)",
        "CausalLanguageModel(n_tokens, d_model, n_heads, n_layers, n_places)"
        ".forward(ids, mask=None)",
    ],
    "maths/01": ["projection(a, b)", "dot_from_distances(norm_a, norm_b, distance)"],
    "maths/02": ["softmax_jacobian(scores)", "softmax_vjp(weights, grad_weights)"],
    "maths/03": ["query_for(keys, weights)"],
    "maths/04": ["dot_variance(d_k, mean_q, var_q, mean_k, var_k)"],
    "maths/05": ["visible_pairs(n)", "attention_flops(n_q, n_k, d_k, d_v)"],
    "maths/06": ["attention_vjp(q, k, v, grad_output)"],
    "maths/07": ["additive_as_concat(w_query, w_key)"],
    "maths/08": ["position_shift(offset, d_model)"],
    "maths/09": [
        "multi_head_parameters(d_model, n_heads, bias=True)",
        "multi_head_as_sum(head_outputs, w_o)",
    ],
    "maths/10": [
        "layer_norm_vjp(x, grad_output, eps=1e-5)",
        "transformer_layer_parameters(d_model, n_heads, d_ff, bias=True)",
    ],
    "maths/11": [
        "cross_entropy_vjp(logits, target)",
        "perplexity(probabilities)",
        "cached_flops(n, d_model, d_ff, n_layers)",
        "dropout_variance(weights, values, p)",
    ],
}
EVERY = pytest.mark.parametrize(
    ("track", "lesson"), [(track, lesson) for lesson in LESSONS for track in TRACKS]
)


def text_of(path, kind="markdown"):
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == kind)


@EVERY
def test_a_lesson_its_exercises_and_its_solutions_exist_and_link_to_each_other(track, lesson):
    page, name = text_of(NOTEBOOKS / track / f"{lesson}.ipynb"), f"{lesson}.ipynb"
    assert f"](../../my_work/{track}/{name})" in page
    back = f"/notebooks/{track}/{name}"
    for folder in (EXERCISES, SOLUTIONS):
        assert back in text_of(folder / track / name).replace("](../../", "](/notebooks/"), folder


@EVERY
def test_a_lesson_stands_on_the_start_page_and_in_the_readme_and_leads_back(track, lesson):
    assert f"]({track}/{lesson}.ipynb)" in text_of(NOTEBOOKS / "00_start_here.ipynb")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"](notebooks/{track}/{lesson}.ipynb)" in readme
    page = text_of(NOTEBOOKS / track / f"{lesson}.ipynb")
    for target in ["../00_start_here", "../glossary"] + [
        f"../{other}/{lesson}" for other in TRACKS if other != track
    ]:
        assert f"]({target}.ipynb)" in page, target
    at = LESSONS.index(lesson)
    for neighbour in LESSONS[max(at - 1, 0) : at + 2]:
        assert neighbour == lesson or f"]({neighbour}.ipynb)" in page, neighbour


@EVERY
def test_the_minutes_of_a_lessons_questions_make_those_of_its_title(track, lesson):
    page, entry = text_of(NOTEBOOKS / track / f"{lesson}.ipynb"), REGISTERED[LESSONS.index(lesson)]
    minutes = [int(number) for number in re.findall(r"^\*(\d+) minutes?\*$", page, re.M)]
    assert sum(minutes) == entry.minutes[track]


def test_the_registry_and_the_files_agree():
    assert not complete.gaps(), "\n".join(complete.gaps())


def test_all_that_is_made_is_up_to_date():
    old = [str(change) for change in making.make(check=True)]
    assert not old, "\n".join([*old, "Run: python -m course_lib make"])
    assert not making.grid_is_old(), "run: python -m course_lib store notebooks/00_start_here.ipynb"


def test_nothing_is_still_to_come():
    pages = [NOTEBOOKS / "00_start_here.ipynb", NOTEBOOKS / "glossary.ipynb"]
    pages += [NOTEBOOKS / track / f"{lesson}.ipynb" for track in TRACKS for lesson in LESSONS]
    for text in [(ROOT / "README.md").read_text(encoding="utf-8"), *map(text_of, pages)]:
        assert not re.search(r"\*to come\*|\| to come|terms to come|follows →", text)


@pytest.mark.parametrize("place", CONTRACT)
def test_every_exercise_of_the_contract_is_asked_as_the_contract_says(place):
    track, number = place.split("/")
    lesson = next(lesson for lesson in LESSONS if lesson.startswith(number))
    code = text_of(EXERCISES / track / f"{lesson}.ipynb", "code")
    for call in CONTRACT[place]:
        name, _, method = call.partition(".forward")
        if method:
            kind, _, sizes = name.partition("(")
            wanted = [
                rf"class {kind}\(nn\.Module\):",
                rf"def __init__\(self, {re.escape(sizes)}:",
                rf"def forward\(self, {re.escape(method[1:])}:",
            ]
        else:
            kind, wanted = call.partition("(")[0], [rf"def {re.escape(call)}:"]
        assert kind in names(f"{track}/{lesson}"), kind
        for line in wanted:
            assert re.search(line, code), f"{place} must ask for {call}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_intuition_track_asks_at_least_four_questions(lesson):
    asked = names(f"intuition/{lesson}")
    assert len(asked) >= 4 and all(name.startswith(f"i{lesson[:2]}_") for name in asked)


@pytest.mark.parametrize("lesson", LESSONS[3:])
def test_the_code_track_ends_its_ladder_with_a_bug_or_an_order(lesson):
    asked = names(f"code/{lesson}")
    assert any(re.match(rf"(bug|order)_{lesson[:2]}_", name) for name in asked), (
        f"code/{lesson} asks {', '.join(asked)}; one is to be a bug_… or an order_{lesson[:2]}_…"
    )
