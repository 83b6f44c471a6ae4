"""The gradients derived by hand, against finite differences and against autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.attention import attend
from course_lib.backward import attend_vjp, softmax_vjp
from course_lib.softmax import softmax

LEADING = [(), (2,), (2, 7)]


def arrays(leading=(), n_q=4, n_k=5, d_k=3, d_v=6, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (n_q, d_k), (n_k, d_k), (n_k, d_v), (n_q, d_v)
    return [rng.normal(size=(*leading, *shape)) for shape in shapes]


def some_mask():
    mask = np.random.default_rng(1).random((4, 5)) < 0.5
    mask[:, 0] |= ~mask.any(axis=1)
    return mask


def slopes(loss, array, step=1e-5):
    """Return the loss's derivative by each entry of the array, by central differences."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        shift = np.zeros_like(array)
        shift[place] = step
        found[place] = (loss(array + shift) - loss(array - shift)) / (2 * step)
    return found


@pytest.mark.parametrize("leading", LEADING)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("scale", [None, 1, 0.3])
def test_equals_autograd(leading, masked, scale):
    *inputs, grad_output = arrays(leading)
    mask = some_mask() if masked else None
    tensors = [torch.tensor(a, requires_grad=True) for a in inputs]
    output = F.scaled_dot_product_attention(
        *tensors, attn_mask=torch.tensor(mask) if masked else None, scale=scale
    )
    output.backward(torch.tensor(grad_output))
    ours = attend_vjp(*inputs, grad_output, mask=mask, scale=scale)
    for our, tensor in zip(ours, tensors, strict=True):
        np.testing.assert_allclose(our, tensor.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
def test_equals_finite_differences(masked):
    *inputs, grad_output = arrays((2,))
    mask = some_mask() if masked else None
    ours = attend_vjp(*inputs, grad_output, mask=mask)
    for place, our in enumerate(ours):

        def loss(array, place=place):
            changed = [*inputs[:place], array, *inputs[place + 1 :]]
            return (attend(*changed, mask=mask)[0] * grad_output).sum()

        np.testing.assert_allclose(our, slopes(loss, inputs[place]), rtol=0, atol=1e-8)


def test_softmax_alone_equals_finite_differences_and_its_rows_sum_to_zero():
    rng = np.random.default_rng(2)
    scores, grad_weights = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    ours = softmax_vjp(softmax(scores), grad_weights)
    expected = slopes(lambda array: (softmax(array) * grad_weights).sum(), scores)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.sum(axis=-1), 0, atol=1e-15)


def test_nothing_comes_back_to_a_hidden_item():
    mask = np.ones((4, 5), dtype=bool)
    mask[:, 3] = False
    _, grad_k, grad_v = attend_vjp(*arrays(), mask=mask)
    assert (grad_k[3] == 0).all() and (grad_v[3] == 0).all()
    assert (grad_k[[0, 1, 2, 4]] != 0).all()


def test_lists_of_integers_serve_and_no_input_is_changed():
    given = arrays()
    copies = [a.copy() for a in given]
    attend_vjp(*given)
    for a, b in zip(given, copies, strict=True):
        np.testing.assert_array_equal(a, b)
    grad_q, _, _ = attend_vjp([[1, 1]], [[2, -1], [0, 3]], [[10], [0]], [[1]])
    expected = attend_vjp(*map(np.array, ([[1.0, 1]], [[2, -1.0], [0, 3]], [[10.0], [0]], [[1.0]])))
    np.testing.assert_array_equal(grad_q, expected[0])


Q, K, V, G = arrays()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: attend_vjp(Q[0], K, V, G[0]), "must be tables"),
        (lambda: attend_vjp(Q[None], K, V, G[None]), "same axes before"),
        (lambda: attend_vjp(Q, K, V, G.T), "grad_output must have the output's shape"),
        (lambda: attend_vjp(Q[:, :2], K, V, G), "same width d_k"),
        (lambda: attend_vjp(Q, K[:4], V, G), "same number of rows"),
        (lambda: attend_vjp(Q, K, V, G, mask=np.ones((4, 5))), "mask must be boolean"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
