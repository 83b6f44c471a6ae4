"""The tasks: their right attention really gives the target, and nothing gives it away."""

import pytest
import torch

from course_lib.toy_tasks import find_marked, often_right, reverse, share_on_right


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("d_content", [1, 4])
@pytest.mark.parametrize("n_items", [1, 2, 7])
def test_looking_where_it_is_right_gives_the_target(n_items, d_content):
    marked = find_marked(5, n_items, generator=seeded(), d_content=d_content)
    assert marked.x_query.shape == (5, 1, 1) and marked.x.shape == (5, n_items, 1 + d_content)
    assert torch.equal(marked.right_weights @ marked.x[..., 1:], marked.target)
    backwards = reverse(5, n_items, generator=seeded(), d_content=d_content)
    assert backwards.x.shape == (5, n_items, d_content + n_items)
    content = backwards.x[..., :d_content]
    torch.testing.assert_close(backwards.right_weights @ content, backwards.target)
    for i in range(n_items):
        assert torch.equal(backwards.target[:, i], content[:, n_items - 1 - i])


def test_one_item_is_marked_and_each_place_is_as_likely():
    batch = find_marked(6000, 6, generator=seeded())
    marks = batch.x[..., 0]
    assert torch.equal(marks, batch.right_weights[:, 0])
    assert torch.equal(marks.sum(dim=1), torch.ones(6000))
    assert (marks.mean(dim=0) - 1 / 6).abs().max() < 0.02  # four standard deviations
    assert (batch.x_query == 1).all()


def test_rows_of_the_right_attention_are_one_hot():
    for batch in (find_marked(3, 5, generator=seeded()), reverse(3, 5, generator=seeded())):
        assert set(batch.right_weights.unique().tolist()) == {0.0, 1.0}
        assert (batch.right_weights.sum(dim=-1) == 1).all()
    assert torch.equal(reverse(1, 5, generator=seeded()).right_weights[0], torch.eye(5).flip(0))


@pytest.mark.parametrize("task", [find_marked, reverse])
def test_equal_seeds_give_equal_batches_and_the_generator_moves_on(task):
    generator = seeded()
    first, second = task(2, 4, generator=generator), task(2, 4, generator=generator)
    again = task(2, 4, generator=seeded())
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.target, second.target)


def test_the_measures_tell_right_from_wrong():
    right = torch.eye(3).flip(0)[None]
    assert share_on_right(right, right) == often_right(right, right) == 1
    uniform = torch.full((1, 3, 3), 1 / 3)
    assert share_on_right(uniform, right) == pytest.approx(1 / 3)
    wrong = torch.eye(3)[None]  # right in the middle row only
    assert share_on_right(wrong, right) == often_right(wrong, right) == pytest.approx(1 / 3)


@pytest.mark.parametrize("task", [find_marked, reverse])
@pytest.mark.parametrize("sizes", [(0, 4, 4), (2, 0, 4), (2, 4, 0)])
def test_a_size_below_one_is_refused_by_name(task, sizes):
    name = ("n_sequences", "n_items", "d_content")[sizes.index(0)]
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        task(*sizes[:2], generator=seeded(), d_content=sizes[2])
