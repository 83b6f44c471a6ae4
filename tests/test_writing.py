"""The writer of lesson 11: its corpus and pieces, the model, the loss, what is drawn."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.transformer import TransformerLayer
from course_lib.writing import (
    END,
    CausalLanguageModel,
    Pieces,
    course_corpus,
    draw,
    greedy,
    learn_pieces,
    make_corpus,
    merges,
    next_token_loss,
    places_of,
    sample,
    shares,
    top_k,
    top_p,
)

TEXT = "The bank by the river lends money. Who lends? The other bank, on the other river."
SIZES = {"n_tokens": 11, "d_model": 8, "n_heads": 2, "n_layers": 2, "n_places": 7}


@pytest.fixture(scope="module")
def pieces():
    return learn_pieces(course_corpus().train, 400)


def small(**sizes):
    torch.manual_seed(0)
    model = CausalLanguageModel(**SIZES | sizes)
    with torch.no_grad():  # as if trained: places and portraits that matter
        model.tokens.weight.normal_()
        model.places.weight.normal_()
    return model.eval()


def test_the_corpus_is_prose_and_each_tenth_section_is_held_out():
    corpus = course_corpus()
    assert corpus.source.startswith("attention-course ") and "track" in corpus.source
    assert len(corpus.held_out) == (len(corpus.train) + len(corpus.held_out)) // 10
    assert not set(corpus.train) & set(corpus.held_out)
    assert all(section.startswith("# ") for section in (*corpus.train, *corpus.held_out))
    text = "\n".join(corpus.train)
    for mark in ("](", "</", "$", "`", "**", "|", "http"):
        assert mark not in text
    assert len(text) > 50_000


def test_your_own_text_is_cut_at_headings_or_else_at_empty_lines():
    headed = "".join(f"# Question {n}\n\nAn answer.\n\nMore.\n\n" for n in range(10))
    assert make_corpus(headed).held_out == ("# Question 9\n\nAn answer.\n\nMore.",)
    plain = "\n \n".join(f"Paragraph {n}." for n in range(11))
    assert len(make_corpus(plain).train) == 10
    with pytest.raises(ValueError, match="at least 10 sections.*it has 2"):
        make_corpus("one\n\ntwo")
    with pytest.raises(ValueError, match="text must be a string; it is list"):
        make_corpus(["one"])


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\n\ttwo  spaces ", "Übernachtungen – dreißig…", "日本語 と emoji 🧑‍🚀🏳️‍🌈",
        "<end> <pad> [CLS]", "q·k/√dₖ → ∞", "\x00\x1f\u2028\ufeff", "e\u0301 é", "𝔸\U0010ffff",
    ],
)  # fmt: skip
def test_any_text_comes_back_from_its_pieces(pieces, text):
    numbers = pieces.numbers(text)
    assert pieces.text(numbers) == text
    assert END not in numbers  # also where somebody types <end>


def test_drawn_texts_come_back_too(pieces):
    rng = np.random.default_rng(0)
    for _ in range(50):
        points = rng.integers(0, 0x110000, size=20)
        text = "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)
        assert pieces.text(pieces.numbers(text)) == text


def test_the_merges_by_hand_are_the_librarys():
    for text in (TEXT, "low low low lower newest newest widest", *course_corpus().train[:5]):
        theirs = learn_pieces([text], 257 + 20).merges
        assert merges(text, 20) == theirs
    assert merges("ab", 5) == [("a", "b")]  # no pair is left
    assert merges("", 3) == merges(TEXT, 0) == []
    with pytest.raises(ValueError, match="n must be at least 0"):
        merges(TEXT, -1)


def test_pieces_have_numbers_and_names(pieces):
    assert len(pieces) == 400 and len(learn_pieces(["ab"], 400)) == 258
    stream = pieces.stream(["one", "two"])
    assert [n for n, number in enumerate(stream) if number == END] == [
        0, 1 + len(pieces.numbers("one")), len(stream) - 1,
    ]  # fmt: skip
    assert "".join(pieces.shown(pieces.numbers(TEXT))) == TEXT
    assert pieces.shown([END]) == ("<end>",)
    again = Pieces.from_json(pieces.to_json())
    assert again.numbers(TEXT) == pieces.numbers(TEXT) and again.merges == pieces.merges


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda p: p.numbers(["one"]), "text must be a string"),
        (lambda p: p.text([400]), "numbers must be from 0 to 399; one is 400"),
        (lambda p: p.text([-1]), "numbers must be from 0 to 399; one is -1"),
        (lambda p: learn_pieces("one text"), "texts must be a list of strings; it is one"),
        (lambda p: learn_pieces(["a"], 256), "n_pieces must be at least 257"),
    ],
)
def test_what_has_no_pieces_is_refused(pieces, call, says):
    with pytest.raises(ValueError, match=says):
        call(pieces)


def test_the_model_is_made_of_the_courses_layers_and_its_output_is_tied():
    model = small()
    assert all(isinstance(layer, TransformerLayer) and layer.norm_first for layer in model.layers)
    assert model.layers[0].linear1.out_features == 4 * SIZES["d_model"]
    names = {name.split(".")[0] for name, _ in model.named_parameters()}
    assert names == {"tokens", "places", "layers", "norm"}
    ids = torch.randint(SIZES["n_tokens"], (2, 5))
    assert torch.equal(model(ids), model.read(ids) @ model.tokens.weight.T)


def test_an_untrained_model_guesses_blindly():
    torch.manual_seed(0)
    model = CausalLanguageModel(n_tokens=50, d_model=32, n_heads=4, n_layers=2, n_places=16)
    ids = torch.randint(50, (8, 16))
    assert next_token_loss(model(ids), ids).item() == pytest.approx(np.log(50), abs=0.1)


def test_the_model_is_torchs_own_with_these_numbers():
    """nn.TransformerEncoder with a causal mask, given the same parameters."""
    model = small()
    d, h = SIZES["d_model"], SIZES["n_heads"]
    theirs = torch.nn.TransformerEncoder(
        torch.nn.TransformerEncoderLayer(d, h, 4 * d, 0.0, batch_first=True, norm_first=True),
        SIZES["n_layers"], norm=torch.nn.LayerNorm(d), enable_nested_tensor=False,
    ).eval()  # fmt: skip
    with torch.no_grad():
        for ours, layer in zip(model.layers, theirs.layers, strict=True):
            a = ours.attention
            layer.self_attn.in_proj_weight.copy_(
                torch.cat([a.w_q.weight, a.w_k.weight, a.w_v.weight])
            )
            layer.self_attn.in_proj_bias.copy_(torch.cat([a.w_q.bias, a.w_k.bias, a.w_v.bias]))
            layer.self_attn.out_proj.load_state_dict(a.w_o.state_dict())
            for name in ("norm1", "norm2", "linear1", "linear2"):
                getattr(layer, name).load_state_dict(getattr(ours, name).state_dict())
        theirs.norm.load_state_dict(model.norm.state_dict())
    ids = torch.randint(SIZES["n_tokens"], (3, 6))
    x = model.tokens(ids) + model.places.weight[:6]
    said = theirs(x, mask=torch.nn.Transformer.generate_square_subsequent_mask(6), is_causal=True)
    torch.testing.assert_close(model(ids), F.linear(said, model.tokens.weight), atol=1e-5, rtol=0)


def test_what_comes_later_changes_nothing_before_it():
    model, ids = small(), torch.randint(SIZES["n_tokens"], (1, 6))
    other = ids.clone()
    other[0, 4] = (other[0, 4] + 1) % SIZES["n_tokens"]
    before, after = model(ids), model(other)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4], after[:, 4])


def test_padding_on_the_left_changes_nothing():
    model, ids = small(), torch.randint(SIZES["n_tokens"], (1, 5))
    padded = torch.cat([torch.randint(SIZES["n_tokens"], (1, 4)), ids], dim=1)
    real = torch.tensor([[False] * 4 + [True] * 5])  # nine columns, seven places: five are needed
    said = model(padded, real)
    assert said.isfinite().all()
    torch.testing.assert_close(said[:, 4:], model(ids), atol=1e-5, rtol=0)


def test_places_count_from_the_first_real_token():
    real = torch.tensor([[1, 1, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1]]).bool()
    assert places_of(real).tolist() == [[0, 1, 2, 3], [0, 0, 0, 1], [0, 0, 1, 2]]


def test_dropout_works_in_training_only():
    model, ids = small(dropout=0.5), torch.randint(SIZES["n_tokens"], (1, 5))
    assert torch.equal(model(ids), model(ids))
    model.train()
    assert not torch.allclose(model(ids), model(ids))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: m(torch.zeros(1, 8, dtype=torch.long)), "at most n_places = 7 .* one has 8"),
        (lambda m: m(torch.zeros(5, dtype=torch.long)), r"ids must be \(B, n\) integers"),
        (lambda m: m(torch.zeros(1, 5)), r"ids must be \(B, n\) integers"),
        (lambda m: m(torch.zeros(1, 0, dtype=torch.long)), "n at least 1"),
        (
            lambda m: m(torch.zeros(1, 3, dtype=torch.long), torch.ones(1, 2).bool()),
            r"mask must be \(B, n\) = \(1, 3\)",
        ),
        (
            lambda m: m(torch.zeros(1, 3, dtype=torch.long), torch.ones(1, 3)),
            "mask must be boolean",
        ),
        (
            lambda m: m(
                torch.zeros(2, 3, dtype=torch.long), torch.tensor([[True] * 3, [False] * 3])
            ),
            "row 1 has none",
        ),
        (lambda m: small(n_heads=3), "n_heads must divide d_model"),
        (lambda m: small(n_layers=0), "n_layers must be at least 1"),
        (lambda m: small(n_tokens=0), "n_tokens must be at least 1"),
        (lambda m: small(n_places=0), "n_places must be at least 1"),
    ],
)
def test_what_the_model_cannot_read_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call(small())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_loss_is_torchs_cross_entropy_with_its_gradient(dtype):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 5, 7, generator=generator, dtype=dtype) * 30
    targets = torch.randint(7, (3, 5), generator=generator)
    targets[0, :3] = -100
    ours, theirs = (logits.clone().requires_grad_() for _ in range(2))
    loss = next_token_loss(ours, targets)
    right = F.cross_entropy(theirs.flatten(0, 1), targets.flatten(), ignore_index=-100)
    torch.testing.assert_close(loss, right)
    loss.backward(), right.backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert loss.ndim == 0 and (ours.grad[0, :3] == 0).all()
    torch.testing.assert_close(
        next_token_loss(logits, targets.clamp(min=0), ignore=0),
        F.cross_entropy(logits.flatten(0, 1), targets.clamp(min=0).flatten(), ignore_index=0),
    )


def test_a_loss_of_nothing_is_refused():
    with pytest.raises(ValueError, match="targets must not all be -100"):
        next_token_loss(torch.zeros(1, 2, 3), torch.full((1, 2), -100))
    with pytest.raises(ValueError, match=r"targets \(B, n\)"):
        next_token_loss(torch.zeros(1, 2, 3), torch.zeros(1, 3, dtype=torch.long))


class At:
    """A generator whose draws are known."""

    def __init__(self, number):
        self.number = number

    def random(self):
        return self.number


def by_hand(logits, temperature, top_k, number):
    """The contract of ``sample``, word for word."""
    scores = np.asarray(logits, dtype=float) / temperature
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:top_k]
    total = sum(np.exp(scores[i] - scores.max()) for i in order)
    reached = 0.0
    for i in sorted(order):
        reached += np.exp(scores[i] - scores.max()) / total
        if reached > number:
            return i
    return max(order)


@pytest.mark.parametrize("k", [None, 1, 3, 99])
@pytest.mark.parametrize("temperature", [0.3, 1, 5])
def test_sample_keeps_its_contract(k, temperature):
    rng = np.random.default_rng(0)
    for _ in range(60):
        logits = rng.normal(size=9).round(1)
        logits[rng.integers(9, size=3)] = logits.max()  # ties
        number = rng.random()
        assert sample(logits, temperature, k, At(number)) == by_hand(logits, temperature, k, number)


def test_of_equal_logits_the_first_are_kept():
    assert [sample([2, 5, 5, 5], 1.0, 2, At(u)) for u in (0, 0.49, 0.51, 0.99)] == [1, 1, 2, 2]
    assert greedy([1, 4, 4]) == 1
    assert np.isfinite(top_k([3, 3, 3], 2)).tolist() == [True, True, False]
    assert np.isfinite(top_p([3, 3, 3], 0.5)).tolist() == [True, True, False]


def test_a_draw_at_the_edge_is_still_a_piece_with_a_share():
    assert draw(np.array([0.5, 0.5 - 1e-12, 0.0]), At(1 - 1e-16)) == 1
    assert sample([0.0, -np.inf], 1.0, None, At(0.9999999)) == 0
    assert type(sample(np.float32([1, 2]), 1.0, None, At(0.5))) is int


def test_what_is_drawn_comes_as_often_as_its_share():
    logits, rng = [1.0, 2.0, -1.0, 3.0], np.random.default_rng(0)
    drawn = np.bincount([sample(logits, 1.5, None, rng) for _ in range(4000)], minlength=4)
    np.testing.assert_allclose(drawn / 4000, shares(logits, 1.5), atol=0.03)


def test_the_nucleus_is_the_smallest_set_that_reaches_p():
    logits = np.log([0.05, 0.5, 0.15, 0.3])
    kept = {p: np.flatnonzero(np.isfinite(top_p(logits, p))).tolist() for p in (0.1, 0.6, 0.9, 1)}
    assert kept == {0.1: [1], 0.6: [1, 3], 0.9: [1, 2, 3], 1: [0, 1, 2, 3]}
    assert shares(logits, p=0.6).tolist() == pytest.approx([0, 0.625, 0, 0.375])
    assert shares(logits, 2.0, k=3, p=0.99).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda rng: sample([1, 2], 0, None, rng), "temperature must be a number above 0"),
        (lambda rng: sample([1, 2], -1.0, None, rng), "temperature must be a number above 0"),
        (lambda rng: sample([1, 2], float("nan"), None, rng), "temperature must be a number"),
        (lambda rng: sample([1, 2], 1.0, 0, rng), "top_k must be at least 1"),
        (lambda rng: sample([[1, 2]], 1.0, None, rng), r"logits must be a vector \(V,\)"),
        (lambda rng: sample([], 1.0, None, rng), r"logits must be a vector \(V,\)"),
        (lambda rng: top_p([1, 2], 0), "top_p must be above 0 and at most 1"),
        (lambda rng: top_p([1, 2], 1.1), "top_p must be above 0 and at most 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call(np.random.default_rng(0))
