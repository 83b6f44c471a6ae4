import numpy as np
import pytest

from course_lib import examples as e


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
    for array in (e.query, e.keys, e.values, e.queries, e.x, e.w_q, e.w_k, e.w_v):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
