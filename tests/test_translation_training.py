"""Training and translating: the effect of attention in small, and what must hold on the way."""

import json

import numpy as np
import pytest
import sacrebleu
import torch
from torch.nn import functional as F

from benchmarks.translation import (
    LIMITS,
    OWN,
    RECIPE,
    RESULTS,
    misses,
    of_the_transformers,
    summary,
)
from benchmarks.translation import MODELS as benchmarked
from course_lib.seq2seq import RNNEncoderDecoder, RNNSearch
from course_lib.translation import (
    Pair,
    Translation,
    bleu,
    exact_match,
    make_batch,
    make_corpus,
    number_alignment,
    number_groups,
    score_by_length,
    train_translator,
    translate,
    translate_all,
)
from course_lib.translation.learning import loss, share_of_rate
from course_lib.translation.threads import torch_threads
from course_lib.translation.vocabulary import END, START

MODELS = {"fixed vector": RNNEncoderDecoder, "attention": RNNSearch}
SMALL = {"d_embedding": 8, "d_encoder": 8, "d_decoder": 8}


@pytest.fixture(scope="module")
def corpus():
    return make_corpus(n_train=20_000, n_test=400, longest=15, longest_test=15)


@pytest.fixture(scope="module")
def trained(corpus):
    """Both models after 300 small steps; benchmarks/translation.py has the whole experiment."""
    models = {}
    for name, kind in MODELS.items():
        torch.manual_seed(0)
        models[name] = kind(*corpus.sizes)
        train_translator(models[name], corpus, steps=300, batch_size=32, lr=6e-3, warm_up=50)
    return models


@pytest.fixture(scope="module")
def translations(corpus, trained):
    sources = [pair.source for pair in corpus.fresh]
    return {name: translate_all(model, sources, corpus) for name, model in trained.items()}


def small(corpus, name="attention", seed=0):
    torch.manual_seed(seed)
    return MODELS[name](*corpus.sizes, **SMALL)


def test_with_attention_length_does_not_matter_and_with_one_vector_it_does(corpus, translations):
    scores = {name: score_by_length(translations[name], corpus.fresh) for name in MODELS}
    assert [(score.shortest, score.longest) for score in scores["attention"]] == [
        (1, 5), (6, 10), (11, 15),
    ]  # fmt: skip
    assert min(score.bleu for score in scores["attention"]) > 85
    short, _, long = (score.bleu for score in scores["fixed vector"])
    assert long < 50 and long < short - 10
    assert exact_match(translations["attention"], corpus.fresh) > 0.85
    assert exact_match(translations["fixed vector"], corpus.fresh) < 0.5


def test_the_parts_of_numbers_look_at_the_right_words(corpus, translations):
    found = number_alignment(translations["attention"], corpus.fresh)
    assert found.groups > 200
    assert found.units > 0.85 * found.groups and found.tens > 0.85 * found.groups
    with pytest.raises(ValueError, match="translations must come from a model with attention"):
        number_alignment(translations["fixed vector"], corpus.fresh)


def test_a_typed_sentence_is_translated_as_one_of_the_corpus(corpus, trained):
    answer = translate(trained["attention"], "Thirty-three miles and forty-two grams", corpus)
    assert answer.source == tuple("thirty three miles and forty two grams".split())
    assert str(answer) == "drei und dreißig meilen und zwei und vierzig gramm"
    assert answer.weights.shape == (9, 7)
    np.testing.assert_allclose(answer.weights.sum(axis=1), 1, atol=1e-5)
    assert translate(trained["fixed vector"], "five miles", corpus).weights is None


@pytest.mark.parametrize("name", MODELS)
def test_a_batch_is_translated_as_its_sentences_one_by_one(corpus, trained, name):
    sources = [pair.source for pair in corpus.test[:40]]
    together = translate_all(trained[name], sources, corpus)
    in_fives = translate_all(trained[name], sources, corpus, batch_size=5)
    for source, a, b in zip(sources, together, in_fives, strict=True):
        (alone,) = translate_all(trained[name], [source], corpus)
        assert a.source == source and a.target == b.target == alone.target
        if name == "attention":
            assert a.weights.shape == (len(a.target), len(source))
            np.testing.assert_allclose(a.weights, alone.weights, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_each_word_is_the_likeliest_after_those_before(corpus, trained, name):
    model = trained[name]
    for pair in corpus.test[:10]:
        (answer,) = translate_all(model, [pair.source], corpus)
        source = torch.tensor([corpus.source_words.numbers(pair.source)])
        said = corpus.target_words.numbers(answer.target)
        logits, _ = model(source, source > 0, torch.tensor([[START, *said]]))
        assert logits[0].argmax(dim=-1).tolist() == [*said, END]


def test_who_never_says_end_is_stopped(corpus):
    model = small(corpus)
    with torch.no_grad():
        model.readout.score.bias[END] = -1e9
    answer = translate(model, "five miles", corpus, longest=7)
    assert len(answer.target) == 7 and answer.weights.shape == (7, 2)
    with torch.no_grad():
        model.readout.score.bias[END] = 1e9
    answer = translate(model, "five miles", corpus)
    assert answer.target == () and answer.weights.shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m, c: translate(m, "march the sixth", c), "'the' never was. Near ones are"),
        (lambda m, c: translate(m, " ", c), "text must hold at least one word"),
        (lambda m, c: translate(m, ["five"], c), "text must be one sentence, a string"),
        (lambda m, c: translate_all(m, [], c), "sentences must hold at least one"),
        (
            lambda m, c: translate_all(m, ["five miles"], c),
            "split into tokens; number 0 is",
        ),
        (lambda m, c: translate_all(m, [("five",), ()], c), "number 1 has none"),
        (lambda m, c: translate_all(m, [("five",)], c, longest=0), "longest must be at least 1"),
        (lambda m, c: translate_all(m, [("five",)], c, batch_size=0), "batch_size must be at le"),
    ],
)
def test_what_cannot_be_translated_is_refused(corpus, call, says):
    with pytest.raises(ValueError, match=says):
        call(small(corpus), corpus)


@pytest.mark.parametrize("name", MODELS)
def test_equal_seeds_give_equal_models_whatever_else_is_drawn(corpus, name):
    def after(seed, drawn):
        model = small(corpus, name)
        torch.rand(drawn)  # the global generator must play no part
        history = train_translator(model, corpus, steps=3, batch_size=8, seed=seed)
        return history.losses, [table.detach() for table in model.parameters()]

    (losses, tables), (again, same), (other, _) = after(1, 2), after(1, 3), after(2, 2)
    assert losses == again != other
    assert all(torch.equal(a, b) for a, b in zip(tables, same, strict=True))


def test_the_loss_is_the_mean_over_real_words(corpus):
    model = small(corpus)
    numbered = [([5, 6, 7], [8, 9, 10, 11]), ([12], [13])]
    total, words = 0.0, 0
    for source, target in numbered:
        alone = make_batch([(source, target)])
        logits, _ = model(alone.source, alone.source_mask, alone.target_in)
        total += F.cross_entropy(logits[0], alone.target_out[0], reduction="sum").item()
        words += len(target) + 1
    assert words == 7
    assert loss(model, make_batch(numbered)).item() == pytest.approx(total / words, rel=1e-5)


def test_an_untrained_model_knows_nothing_and_the_loss_falls(corpus):
    history = train_translator(small(corpus), corpus, steps=40, batch_size=16, lr=1e-2, warm_up=5)
    assert history.losses[0] == pytest.approx(np.log(corpus.sizes[1]), abs=0.3)
    assert np.mean(history.losses[-5:]) < 0.9 * history.losses[0]
    assert len(history.losses) == 40 and history.seconds > 0


def test_the_rate_rises_stays_and_falls():
    shares = [share_of_rate(done, steps=800, warm_up=100) for done in range(801)]
    assert shares[:100] == pytest.approx([(done + 1) / 100 for done in range(100)])
    assert set(shares[100:401]) == {1}
    assert np.diff(shares[400:]) == pytest.approx([-0.98 / 400] * 400)


def test_torch_gets_its_threads_back():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), torch_threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before
    with pytest.raises(ValueError, match="number must be at least 1"), torch_threads(0):
        pass


def test_snapshots_are_taken_before_now_and_then_and_at_the_end(corpus):
    history = train_translator(
        small(corpus), corpus, steps=5, batch_size=4, watch_every=2,
        watch=lambda model: model.readout.score.bias,
    )  # fmt: skip
    assert [snapshot.step for snapshot in history.snapshots] == [0, 2, 4, 5]
    first, *_, last = (snapshot.seen for snapshot in history.snapshots)
    assert isinstance(first, np.ndarray) and not np.array_equal(first, last)


@pytest.mark.parametrize(
    ("quiet", "variable", "shown"), [(None, "1", False), (None, "0", True), (False, "1", True)]
)
def test_the_bar_shows_steps_and_loss_unless_it_is_to_be_quiet(
    corpus, capsys, monkeypatch, quiet, variable, shown
):
    monkeypatch.setenv("COURSE_QUIET", variable)
    train_translator(small(corpus), corpus, steps=2, batch_size=4, quiet=quiet)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ("2/2" in printed.err and "loss=" in printed.err) if shown else printed.err == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"steps": 0}, "steps must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"warm_up": 0}, "warm_up must be at least 1"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"watch_every": 0}, "watch_every must be at least 1"),
        ({"lr": 0}, "lr must be a number above 0"),
        ({"lr": float("nan")}, "lr must be a number above 0; it is nan"),
        ({"steps": 9, "lr": 1e38}, "lr must be small enough.*at step"),
    ],
)
def test_training_names_the_argument(corpus, options, says):
    with pytest.raises(ValueError, match=says):
        train_translator(small(corpus), corpus, **{"steps": 2, "batch_size": 4} | options)


def test_an_empty_corpus_cannot_be_trained_with(corpus):
    with pytest.raises(ValueError, match="corpus.train is empty"):
        train_translator(small(corpus), corpus._replace(train=[]))


def pairs_and(*said):
    right = ["drei und dreißig meilen", "fünf tage und sechs wochen", "vier gramm"]
    sources = ["thirty three miles", "five days and six weeks", "four grams"]
    pairs = [Pair(tuple(a.split()), tuple(b.split())) for a, b in zip(sources, right, strict=True)]
    return [Translation(p.source, tuple(s.split()), None) for p, s in zip(pairs, said)], pairs


def test_bleu_is_sacrebleus(corpus, translations):
    said = [" ".join(each.target) for each in translations["fixed vector"]]
    right = [" ".join(pair.target) for pair in corpus.fresh]
    theirs = sacrebleu.corpus_bleu(said, [right], tokenize="none", force=True).score
    assert 10 < theirs < 90
    assert bleu(translations["fixed vector"], corpus.fresh) == pytest.approx(theirs, abs=1e-8)


def test_exact_match_and_bleu_of_what_is_right_and_what_is_not():
    perfect, pairs = pairs_and(*(" ".join(pair.target) for pair in pairs_and()[1]))
    assert bleu(perfect, pairs) == 100 and exact_match(perfect, pairs) == 1
    wrong, _ = pairs_and("drei und dreißig meilen", "fünf tage und wochen", "")
    assert 0 < bleu(wrong, pairs) < 100 and exact_match(wrong, pairs) == pytest.approx(1 / 3)
    scores = score_by_length(wrong, pairs, width=3)
    assert [(each.shortest, each.longest, each.sentences) for each in scores] == [
        (1, 3, 2), (4, 6, 1),
    ]  # fmt: skip
    assert [each.exact for each in scores] == [0.5, 0]


@pytest.mark.parametrize("judge", [bleu, exact_match, score_by_length])
def test_there_must_be_a_translation_for_each_pair(judge):
    some, pairs = pairs_and("drei und dreißig meilen", "fünf tage", "vier gramm")
    for few, of in ((some[:2], pairs), ([], [])):
        with pytest.raises(ValueError, match="translations must be as many as pairs"):
            judge(few, of)
    with pytest.raises(ValueError, match="width must be at least 1"):
        score_by_length(some, pairs, width=0)


def test_number_groups_are_found_in_both_languages():
    source = "two hundred and thirty three miles , twenty two days , and ninety one cups".split()
    target = (
        "zwei hundert drei und dreißig meilen , zwei und zwanzig tage und ein und neunzig tassen"
    )
    assert [tuple(group) for group in number_groups(source, target.split())] == [
        (3, 4, 2, 4), (7, 8, 7, 9), (12, 13, 12, 14),
    ]  # fmt: skip


def test_days_are_no_groups_and_a_chance_und_is_none():
    day = "march twenty third , twenty twenty three".split()
    written = "drei und zwanzig ste märz zwei tausend drei und zwanzig".split()
    assert [tuple(group) for group in number_groups(day, written)] == [(5, 6, 7, 9)]
    list_of_two = "nineteen oh three and twenty days".split()
    assert number_groups(list_of_two, "neunzehn hundert drei und zwanzig tage".split()) == []


def test_a_group_that_was_not_written_counts_as_wrong():
    pair = Pair(tuple("thirty three miles".split()), tuple("drei und dreißig meilen".split()))
    looked = np.eye(4, 3)
    missed = Translation(pair.source, tuple("drei und vierzig meilen".split()), looked)
    assert number_alignment([missed], [pair]) == (1, 0, 0)
    wrong = Translation(pair.source, pair.target, looked)  # drei at thirty, dreißig at miles
    assert number_alignment([wrong], [pair]) == (1, 0, 0)
    half = Translation(pair.source, pair.target, looked[[1, 0, 2, 0]])
    assert number_alignment([half], [pair]) == (1, 1, 0)
    with pytest.raises(ValueError, match="translations must be as many as pairs"):
        number_alignment([], [pair])


def test_the_stored_results_are_of_this_recipe_and_keep_the_limits():
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert stored["recipe"] == RECIPE and stored["limits"] == LIMITS
    assert stored["of their own"] == OWN
    runs = {(run["model"], run["seed"]) for run in stored["runs"]}
    assert runs == {(m, seed) for m in benchmarked for seed in range(1 if m in OWN else 3)}
    assert not [missed for run in stored["runs"] for missed in misses(run)]
    assert not of_the_transformers(stored["runs"])
    assert stored["bleu: mean, lowest, highest"] == summary(stored["runs"])
