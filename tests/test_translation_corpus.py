"""The sentences: what is tested was never seen, and numbers become tokens again."""

import datetime
import random
from collections import Counter
from functools import cache

import pytest
import torch

from course_lib.translation import draw_batches, in_numbers, make_batch, make_corpus
from course_lib.translation.corpus import FIRST_DAY, UNITS, Quantity, part_of, say_item
from course_lib.translation.patterns import say_list
from course_lib.translation.vocabulary import END, PAD, START, make_vocabulary


@pytest.fixture(scope="module")
def corpus():
    return make_corpus(n_train=6000, n_test=600)


@pytest.fixture(scope="module")
def items_of():
    """Return a function that reads an English sentence back into its items."""
    days = [FIRST_DAY + datetime.timedelta(day) for day in range(73049)]
    assert days[-1] == datetime.date(2099, 12, 31)
    quantities = [Quantity(number, unit) for number in range(2, 1000) for unit in UNITS]
    item_of = {say_item(item, "en"): item for item in days + quantities}
    assert len(item_of) == len(days) + len(quantities)

    def readings(words):
        """All lists of items that are said like this."""

        @cache
        def from_here(begin):
            found = []
            for end in range(begin + 2, min(begin + 12, len(words)) + 1):
                item = item_of.get(words[begin:end])
                if item is not None and end == len(words):
                    found.append([item])
                elif item is not None:
                    for between in ((",",), ("and",), (",", "and")):
                        if words[end : end + len(between)] == between:
                            found += [[item, *more] for more in from_here(end + len(between))]
            return found

        return [
            items
            for items in from_here(0)
            if say_list([say_item(item, "en") for item in items], "en") == words
        ]

    return readings


def test_no_item_of_a_test_sentence_occurs_in_training_or_in_the_other_test(corpus, items_of):
    """Read from the sentences themselves, each of which can be read in one way only."""
    seen = {}
    for part in ("train", "test", "fresh"):
        readings = [items_of(pair.source) for pair in getattr(corpus, part)]
        assert all(len(each) == 1 for each in readings)
        seen[part] = {item for (items,) in readings for item in items}
        assert all(part_of(item) == part for item in seen[part])
    assert len(seen["train"]) > 9000 and len(seen["test"]) > 1000 < len(seen["fresh"])
    assert not seen["train"] & seen["test"] | seen["train"] & seen["fresh"]
    assert not seen["test"] & seen["fresh"]


def test_both_sides_of_a_pair_say_the_same_items(corpus, items_of):
    for pair in corpus.train[:200] + corpus.fresh[:200]:
        (items,) = items_of(pair.source)
        assert pair.target == say_list([say_item(item, "de") for item in items], "de")


def test_about_a_tenth_of_the_items_is_kept_for_each_test():
    days = [FIRST_DAY + datetime.timedelta(day) for day in range(20000)]
    quantities = [Quantity(number, unit) for number in range(2, 1000) for unit in UNITS]
    for items in (days, quantities):
        counts = Counter(map(part_of, items))
        assert set(counts) == {"train", "test", "fresh"}
        assert counts["test"] / len(items) == pytest.approx(0.1, abs=0.01)
        assert counts["fresh"] / len(items) == pytest.approx(0.1, abs=0.01)


def test_sentences_are_distinct_and_of_the_wanted_lengths(corpus):
    sizes = {"train": (6000, 30), "test": (600, 45), "fresh": (600, 45)}
    for part, (size, longest) in sizes.items():
        pairs = getattr(corpus, part)
        lengths = Counter(len(pair.source) for pair in pairs)
        assert len(pairs) == size == len({pair.source for pair in pairs})
        assert min(lengths) == 2 and max(lengths) == longest
        fives = [sum(lengths[n] for n in range(k, k + 5)) for k in range(6, longest, 5)]
        assert max(fives) < 2 * min(fives)  # about as many of each length


def test_the_same_seed_gives_the_same_corpus_and_leaves_chance_alone():
    random.seed(5), torch.manual_seed(5)
    first = make_corpus(n_train=50, n_test=20, seed=1)
    assert random.random() == random.Random(5).random()
    assert first == make_corpus(n_train=50, n_test=20, seed=1)
    assert first.train != make_corpus(n_train=50, n_test=20, seed=2).train
    more = make_corpus(n_train=80, n_test=20, seed=1)
    assert more.train[:50] == first.train and more.fresh == first.fresh


def test_in_a_notebook_a_corpus_says_what_it_is_in_one_line(corpus):
    shown = "Corpus(en to de: 6000 sentences to train, 600 to test, 600 fresh)"
    assert repr(corpus) == shown
    assert repr(corpus.source_words) == f"Vocabulary({corpus.sizes[0]} tokens)"
    assert corpus.sizes == (106, 90)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n_train": 0}, "n_train must be at least 1, or the corpus is empty; it is 0"),
        ({"n_test": 0}, "n_test must be at least 1"),
        ({"longest": 1}, "longest must be at least 2"),
        ({"longest_test": 1}, "longest_test must be at least 2"),
        ({"n_train": 5000, "longest": 2}, "n_train must be at most the number of sentences.*after"),
        ({"n_test": 5000, "longest_test": 3}, "n_test must be at most"),
    ],
)
def test_a_corpus_that_cannot_be_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        make_corpus(**{"n_train": 20, "n_test": 5} | options)


def test_tokens_become_numbers_and_tokens_again(corpus):
    words = corpus.target_words
    assert [words.tokens[i] for i in (PAD, START, END)] == ["<pad>", "<start>", "<end>"]
    for pair in corpus.test[:50]:
        assert words.words(words.numbers(pair.target)) == pair.target
        assert min(words.numbers(pair.target)) > END


def test_a_token_that_was_never_seen_is_named_with_near_ones(corpus):
    with pytest.raises(ValueError, match="'twentythree' never was. Near ones are twenty"):
        corpus.source_words.numbers(["five", "twentythree"])
    few = make_vocabulary([("miles",)])
    with pytest.raises(ValueError, match="'qqq' never was. Numbers are written in words"):
        few.numbers(["qqq"])


def test_a_batch_is_filled_up_and_the_target_is_one_word_ahead():
    batch = make_batch([([5, 6, 7, 8], [4]), ([9], [3, 8, 6]), ([5, 5], [7, 7])])
    assert batch.source.tolist() == [[5, 6, 7, 8], [9, 0, 0, 0], [5, 5, 0, 0]]
    assert torch.equal(batch.source_mask, batch.source != PAD)
    assert batch.target_in.tolist() == [[1, 4, 0, 0], [1, 3, 8, 6], [1, 7, 7, 0]]
    assert batch.target_out.tolist() == [[4, 2, 0, 0], [3, 8, 6, 2], [7, 7, 2, 0]]


def test_batches_bring_every_sentence_once_before_any_comes_again(corpus):
    numbered = in_numbers(corpus.train[:1000], corpus)
    batches = draw_batches(numbered, batch_size=16, generator=torch.Generator().manual_seed(0))
    rounds = [[next(batches) for _ in range(63)] for _ in range(2)]  # 62 and a half batches
    for batches_of_a_round in rounds:
        rows = [
            tuple(row[mask].tolist())
            for batch in batches_of_a_round
            for row, mask in zip(batch.source, batch.source_mask, strict=True)
        ]
        assert len(rows) == 1000
        assert set(rows) == {tuple(source) for source, _ in numbered}
    assert not torch.equal(rounds[0][0].source, rounds[1][0].source)


def test_batches_are_of_similar_lengths_and_the_same_for_a_seed(corpus):
    numbered = in_numbers(corpus.train, corpus)

    def some(seed):
        generator = torch.Generator().manual_seed(seed)
        batches = draw_batches(numbered, batch_size=32, generator=generator)
        return [next(batches) for _ in range(20)]

    first, again, other = some(0), some(0), some(1)
    assert all(torch.equal(a.source, b.source) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a.source, b.source) for a, b in zip(first, other, strict=True))
    real = sum(batch.source_mask.sum() for batch in first)
    assert real > 0.9 * sum(batch.source.numel() for batch in first)
    lengths = [batch.source.shape[1] for batch in first]
    assert lengths != sorted(lengths)  # short and long batches take turns


def test_without_sentences_there_are_no_batches():
    generator = torch.Generator()
    with pytest.raises(ValueError, match="numbered must hold at least one pair"):
        next(draw_batches([], batch_size=4, generator=generator))
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        next(draw_batches([([3], [3])], batch_size=0, generator=generator))
