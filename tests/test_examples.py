import numpy as np
import pytest

from course_lib import examples as e
from course_lib.attention import attend


def test_the_words_give_their_queries_keys_and_values():
    np.testing.assert_array_equal(e.x @ e.w_q, e.queries)
    np.testing.assert_array_equal(e.x @ e.w_k, e.keys)
    np.testing.assert_array_equal(e.x @ e.w_v, e.values)
    np.testing.assert_array_equal(e.queries[e.words.index(e.query_word)], e.query)


def test_every_size_is_different_and_has_its_names():
    n, d_model = e.x.shape
    (_, d_k), (_, d_v) = e.keys.shape, e.values.shape
    assert len({n, d_model, d_k, d_v}) == 4
    names = (e.words, e.word_features, e.key_features, e.value_features)
    assert [len(name) for name in names] == [n, d_model, d_k, d_v]


def test_a_lesson_cannot_change_it_by_accident():
    second = (e.second_w_q, e.second_w_k, e.second_w_v, e.w_o)
    for array in (e.query, e.keys, e.values, e.queries, e.x, e.w_q, e.w_k, e.w_v, *second):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_second_head_asks_who_does_what_and_both_make_one_vector():
    _, weights = attend(e.x @ e.w_q, e.x @ e.w_k, e.x @ e.w_v)
    other_output, other_weights = attend(e.x @ e.second_w_q, e.x @ e.second_w_k, e.x @ e.second_w_v)
    bank = e.words.index("bank")
    assert e.words[weights[bank].argmax()] == "money"
    assert e.words[other_weights[bank].argmax()] == "lends"
    assert other_output.shape == (len(e.words), len(e.second_value_features))
    assert e.second_w_k.shape[1] == len(e.second_key_features)
    assert e.w_o.shape == (2 * 3, len(e.word_features))


def test_each_sentence_names_the_bank_once():
    for sentence in e.river_banks + e.money_banks:
        assert sentence.lower().strip(".").split().count("bank") == 1
