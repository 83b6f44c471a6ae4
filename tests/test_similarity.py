import numpy as np
import pytest
import torch

from course_lib import similarity
from course_lib.examples import keys, query


@pytest.mark.parametrize("dtype", [np.float64, np.float32, int])
def test_dot_equals_torch(dtype):
    rng = np.random.default_rng(0)
    a, b = (rng.normal(scale=5, size=7).astype(dtype) for _ in range(2))
    torchs = torch.dot(torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64))
    assert similarity.dot(a, b) == pytest.approx(torchs.item(), rel=1e-6)


def test_cosine_equals_torch_and_ignores_length():
    rng = np.random.default_rng(1)
    queries, others = rng.normal(size=(3, 5)), rng.normal(size=(4, 5))
    cosines = similarity.cosine_similarity(queries, others)
    expected = torch.cosine_similarity(
        torch.tensor(queries)[:, None], torch.tensor(others)[None], dim=-1
    )
    np.testing.assert_allclose(cosines, expected, atol=1e-12)
    np.testing.assert_allclose(similarity.cosine_similarity(7 * queries, others), cosines)


def test_a_zero_vector_is_similar_to_nothing():
    assert (similarity.cosine_similarity(np.zeros((1, 2)), keys) == 0).all()


def test_most_similar_prefers_the_lower_index_in_a_tie():
    table = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    assert similarity.most_similar([1.0, 0.0], table, k=3).tolist() == [3, 1, 2]


def test_inputs_are_not_changed():
    table = keys.copy()  # writable
    similarity.cosine_similarity(table, table)
    similarity.most_similar(query, table, 2)
    np.testing.assert_array_equal(table, keys)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: similarity.dot([1, 2], [1, 2, 3]), "a and b .* same length"),
        (lambda: similarity.dot(np.ones((2, 2)), np.ones((2, 2))), "vectors"),
        (lambda: similarity.cosine_similarity([1, 2], [[1, 2]]), "queries and keys"),
        (lambda: similarity.cosine_similarity([[1, 2]], [[1, 2, 3]]), "same width"),
        (lambda: similarity.most_similar(query, keys, 0), "k must be from 1"),
        (lambda: similarity.most_similar(query, keys, 5), "number of keys, 4"),
        (lambda: similarity.most_similar([1, 1, 1], keys, 1), "query .* keys"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
