"""Positions: sines and cosines, the matrix that shifts them, and rotary positions."""

import numpy as np
import pytest
import torch

from course_lib.positions import position_shift, rotate, sinusoidal_positions


def test_each_entry_is_the_formula_of_the_paper():
    positions = sinusoidal_positions(50, 8)
    for pos in (0, 1, 17, 49):
        for i in range(4):
            angle = pos / 10000 ** (2 * i / 8)
            assert np.isclose(positions[pos, 2 * i], np.sin(angle))
            assert np.isclose(positions[pos, 2 * i + 1], np.cos(angle))


def test_a_dot_product_of_positions_depends_on_their_distance_alone():
    table = sinusoidal_positions(40, 16)
    table = table @ table.T
    for distance in (0, 1, 7, 30):
        along = np.diagonal(table, distance)
        np.testing.assert_allclose(along, along[0])


@pytest.mark.parametrize("offset", [-11, -1, 0, 1, 4, 100])
def test_one_matrix_moves_every_position(offset):
    positions = sinusoidal_positions(250, 6)
    moved = positions[120:140] @ position_shift(offset, 6).T
    np.testing.assert_allclose(moved, positions[120 + offset : 140 + offset], atol=1e-12)


def test_shifts_add_up_and_are_rotations():
    one, many = position_shift(1, 8), position_shift(13, 8)
    np.testing.assert_allclose(np.linalg.matrix_power(one, 13), many, atol=1e-12)
    np.testing.assert_allclose(many @ many.T, np.eye(8), atol=1e-12)


def test_rotating_keeps_lengths_and_position_0():
    x = np.random.default_rng(0).normal(size=(2, 3, 9, 6))
    turned = rotate(x)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1))
    np.testing.assert_array_equal(turned[..., 0, :], x[..., 0, :])


def test_rotary_scores_depend_on_the_distance_alone():
    rng = np.random.default_rng(1)
    q, k = rng.normal(size=8), rng.normal(size=8)
    scores = rotate(np.tile(q, (20, 1))) @ rotate(np.tile(k, (20, 1))).T
    for distance in (-9, -1, 0, 1, 12):
        along = np.diagonal(scores, distance)
        np.testing.assert_allclose(along, along[0])
    assert not np.isclose(scores[0, 1], scores[1, 0])  # before and after are told apart


def test_rows_are_turned_by_the_positions_that_are_given():
    x = np.random.default_rng(3).normal(size=(2, 3, 9, 6))
    whole = rotate(x)
    np.testing.assert_array_equal(rotate(x, np.arange(9)), whole)
    np.testing.assert_allclose(rotate(x[..., 5:7, :], [5, 6]), whole[..., 5:7, :])
    per_sentence = np.array([[0, 1], [4, 5]])[:, None]  # (2, 1, 2): the same in all heads
    turned = rotate(x[..., :2, :], per_sentence)
    np.testing.assert_allclose(turned[0], whole[0, :, :2])
    back = rotate(turned[1], [-4, -5])  # turned back
    np.testing.assert_allclose(back, x[1, :, :2])
    tensor = rotate(torch.tensor(x[..., 5:7, :]), torch.tensor([5, 6]))
    np.testing.assert_allclose(tensor.numpy(), whole[..., 5:7, :])


def test_arrays_and_tensors_agree_and_gradients_flow():
    x = np.random.default_rng(2).normal(size=(3, 5, 4))
    tensor = torch.tensor(x, requires_grad=True)
    np.testing.assert_allclose(rotate(tensor).detach().numpy(), rotate(x))
    assert torch.autograd.gradcheck(rotate, tensor)
    assert rotate(x.astype(np.float32)).dtype == np.float32


def test_the_input_is_left_as_it_was():
    x = np.ones((3, 4))
    x.setflags(write=False)
    rotate(x)
    assert (x == 1).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sinusoidal_positions(3, 5), "d_model must be an even number .* it is 5"),
        (lambda: sinusoidal_positions(0, 4), "n must be at least 1; it is 0"),
        (lambda: position_shift(1, 3), "d_model must be an even number .* it is 3"),
        (lambda: rotate(np.ones((2, 3))), "d_k must be an even number .* it is 3"),
        (lambda: rotate(np.ones((3, 4)), [0, 1]), r"positions must be \(n,\) .* = \(3,\), one "),
        (lambda: rotate(np.ones((3, 4)), np.ones((2, 3), int)), r"their shape is \(2, 3\)"),
        (lambda: rotate(np.ones((2, 4)), [0.0, 0.5]), "positions must be integers; .* float64"),
        (lambda: rotate(np.ones(4)), r"x must be \(\.\.\., n, d_k\)"),
    ],
)
def test_what_can_not_be_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
