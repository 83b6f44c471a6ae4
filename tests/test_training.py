"""Training: it learns where to look, the same for a seed, and tells what it did."""

import numpy as np
import pytest
import torch

from benchmarks.toy_training import TASKS, judge
from course_lib.layers import AttentionLayer
from course_lib.toy_tasks import find_marked
from course_lib.training import train


def layer(seed=0):
    torch.manual_seed(seed)
    return AttentionLayer(d_query=1, d_key_value=5, d_k=8, d_v=4)


def make_batch(generator):
    return find_marked(16, 6, generator=generator)


@pytest.mark.parametrize("task", TASKS)
def test_the_layer_finds_the_known_attention(task):
    """Five seeds are in benchmarks/toy_training.py; this is one of them."""
    verdict = judge(task, seed=0)
    assert verdict["often_right"] >= 0.99
    assert verdict["share_on_right"] >= 0.9
    assert verdict["first_loss"] > 100 * verdict["last_loss"]
    assert verdict["seconds"] < 15


def test_an_untrained_layer_does_not_look_where_it_is_right():
    for task in TASKS:
        verdict = judge(task, seed=0, steps=1)
        assert verdict["often_right"] < 0.5 and verdict["share_on_right"] < 0.3


def test_equal_seeds_give_equal_models_whatever_else_is_drawn():
    def trained(seed):
        model = layer()
        torch.rand(seed)  # the global generator must play no part
        return train(model, make_batch, steps=7, seed=seed, quiet=True), model

    (first, one), (again, two), (other, _) = trained(1), trained(1), trained(2)
    assert first.losses == again.losses != other.losses
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_loss_falls_and_each_step_is_counted():
    history = train(layer(), make_batch, steps=60, quiet=True)
    assert len(history.losses) == 60
    assert np.mean(history.losses[-10:]) < 0.5 * np.mean(history.losses[:10])
    assert history.seconds > 0


def test_the_first_loss_is_that_of_the_untrained_model():
    model = layer()
    batch = make_batch(torch.Generator().manual_seed(3))
    with torch.no_grad():
        expected = (model(batch.x_query, batch.x)[0] - batch.target).square().mean()
    history = train(model, make_batch, steps=1, seed=3, quiet=True)
    assert history.losses == [pytest.approx(float(expected))]


def test_another_loss_can_be_given():
    def absolute(output, target):
        return (output - target).abs().mean()

    squared = train(layer(), make_batch, steps=1, quiet=True)
    other = train(layer(), make_batch, steps=1, quiet=True, loss=absolute)
    assert other.losses != squared.losses


def test_snapshots_are_taken_before_now_and_then_and_at_the_end():
    batch = make_batch(torch.Generator().manual_seed(1))
    history = train(
        layer(), make_batch, steps=25, quiet=True, watch_every=10,
        watch=lambda model: model(batch.x_query, batch.x)[1][0],
    )  # fmt: skip
    assert [snapshot.step for snapshot in history.snapshots] == [0, 10, 20, 25]
    maps = [snapshot.seen for snapshot in history.snapshots]
    assert all(isinstance(each, np.ndarray) and each.shape == (1, 6) for each in maps)
    with torch.no_grad():
        untrained = layer()(batch.x_query, batch.x)[1][0]
    assert np.array_equal(maps[0], untrained)
    assert not np.allclose(maps[0], maps[-1])


def test_a_snapshot_does_not_change_with_the_model():
    history = train(
        layer(), make_batch, steps=2, quiet=True, watch_every=1,
        watch=lambda model: model.w_q.weight,
    )  # fmt: skip
    first, second, third = (snapshot.seen for snapshot in history.snapshots)
    assert not np.array_equal(first, second) and not np.array_equal(second, third)


def test_watching_changes_nothing_and_may_return_anything():
    plain, watched = layer(), layer()
    train(plain, make_batch, steps=5, quiet=True)
    history = train(watched, make_batch, steps=5, quiet=True, watch=lambda model: "seen")
    assert torch.equal(plain.w_q.weight, watched.w_q.weight)
    assert [snapshot.seen for snapshot in history.snapshots] == ["seen", "seen"]


@pytest.mark.parametrize(
    ("quiet", "variable", "shown"),
    [(None, "1", False), (None, "0", True), (None, None, True), (True, None, False),
     (False, "1", True)],
)  # fmt: skip
def test_the_bar_shows_steps_and_loss_unless_it_is_to_be_quiet(
    capsys, monkeypatch, quiet, variable, shown
):
    if variable is None:
        monkeypatch.delenv("COURSE_QUIET", raising=False)
    else:
        monkeypatch.setenv("COURSE_QUIET", variable)
    train(layer(), make_batch, steps=3, quiet=quiet)
    printed = capsys.readouterr()
    assert printed.out == ""
    if shown:
        assert "3/3" in printed.err and "loss=" in printed.err
    else:
        assert printed.err == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"steps": 0}, "steps must be at least 1"),
        ({"steps": 2, "watch_every": 0}, "watch_every must be at least 1"),
        ({"steps": 9, "lr": float("nan")}, "lr must be a number above 0; it is nan"),
        ({"steps": 9, "lr": 0}, "lr must be a number above 0"),
        ({"steps": 200, "lr": 1e30}, "lr must be small enough.*at step"),
    ],
)
def test_errors_name_the_argument(options, says):
    with pytest.raises(ValueError, match=says):
        train(layer(), make_batch, quiet=True, **options)
