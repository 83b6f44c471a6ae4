"""The writer of lesson 11: what is kept, training, writing, a batch of prompts, files."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.writing import (
    END,
    CausalLanguageModel,
    blind_loss,
    course_corpus,
    empty_cache,
    learn_pieces,
    load,
    make_batch,
    mean_loss,
    moments_of,
    next_token_loss,
    pair_loss,
    save,
    single_loss,
    step,
    train_writer,
    write,
)
from course_lib.writing.batches import windows

PLACES = 24


@pytest.fixture(scope="module")
def pieces():
    return learn_pieces(course_corpus().train, 300)


@pytest.fixture(scope="module")
def stream(pieces):
    return pieces.stream(course_corpus().train[:30])


def small(pieces, seed=0, **options):
    torch.manual_seed(seed)
    sizes = {"d_model": 32, "n_heads": 2, "n_layers": 2, "n_places": PLACES}
    return CausalLanguageModel(len(pieces), **sizes | options).eval()


@pytest.fixture(scope="module")
def trained(pieces, stream):
    model = small(pieces)
    train_writer(model, stream, steps=40, batch_size=8, lr=1e-2)
    return model


@pytest.fixture(scope="module")
def batch(pieces):
    """Three prompts of different length, on the left filled up with anything."""
    rows = [pieces.numbers(text)[:n] for text, n in (("Who asks the bank?", 9), ("river bank", 5))]
    rows.append(pieces.numbers("Attention is a mixture of jars.")[:12])
    _, real, _ = make_batch([row + [END] for row in rows])
    ids = torch.randint(1, len(pieces), real.shape, generator=torch.Generator().manual_seed(1))
    for row, n in zip(rows, range(3), strict=True):
        ids[n, len(ids[n]) - len(row) :] = torch.tensor(row)
    assert real.sum(dim=1).tolist() == [len(row) for row in rows]
    return ids, real


@pytest.mark.parametrize("sizes", [[12], [11, 1], [8, 4], [8, 1, 1, 1, 1]])
def test_cached_logits_are_the_uncached_ones_at_every_place(trained, batch, sizes):
    ids, real = batch
    cache, said = empty_cache(trained, len(ids)), []
    for new, is_real in zip(ids.split(sizes, dim=1), real.split(sizes, dim=1)):
        logits, cache = step(trained, new, cache, is_real)
        said.append(logits)
    assert len(cache) == 12 and torch.equal(cache.real, real)
    assert (torch.cat(said, dim=1) - trained(ids, real))[real].abs().max() < 1e-5


def test_padding_alone_is_not_read(trained, batch):
    ids, real = batch
    with pytest.raises(ValueError, match="True at one token of each row at least; row 1 has none"):
        step(trained, ids[:, :7], empty_cache(trained, len(ids)), real[:, :7])


@pytest.mark.parametrize("prompt", range(1, PLACES))
def test_after_any_prompt_each_step_says_what_reading_all_anew_says(trained, prompt):
    ids = torch.randint(1, 300, (2, PLACES), generator=torch.Generator().manual_seed(prompt))
    whole = trained(ids)
    logits, cache = step(trained, ids[:, :prompt], empty_cache(trained, 2))
    said = [logits]
    for n in range(prompt, PLACES):
        logits, cache = step(trained, ids[:, n : n + 1], cache)
        said.append(logits)
    assert (torch.cat(said, dim=1) - whole).abs().max() < 1e-5


def test_a_row_of_a_batch_is_read_as_if_it_were_alone(trained, batch):
    ids, real = batch
    together, _ = step(trained, ids, empty_cache(trained, len(ids)), real)
    for row in range(len(ids)):
        alone = trained(ids[row : row + 1, real[row]])
        assert (together[row, real[row]] - alone[0]).abs().max() < 1e-5


def test_a_cache_is_never_changed_so_many_ways_lead_on_from_it(trained):
    _, cache = step(trained, torch.tensor([[5, 6, 7]]), empty_cache(trained))
    one, _ = step(trained, torch.tensor([[8]]), cache)
    other, _ = step(trained, torch.tensor([[9]]), cache)
    again, _ = step(trained, torch.tensor([[8]]), cache)
    assert len(cache) == 3 and torch.equal(one, again) and not torch.allclose(one, other)


def test_what_does_not_go_on_from_a_cache_is_refused(trained):
    with pytest.raises(ValueError, match="ids must have the cache's 2 rows"):
        step(trained, torch.tensor([[5]]), empty_cache(trained, 2))
    _, full = step(trained, torch.ones(1, PLACES, dtype=torch.long), empty_cache(trained))
    with pytest.raises(ValueError, match=f"at most n_places = {PLACES}.*has {PLACES + 1}"):
        step(trained, torch.tensor([[5]]), full)


@pytest.mark.parametrize("options", [{"temperature": 0}, {"top_k": 5}, {"top_p": 0.9}])
def test_the_same_is_written_with_the_cache_and_without(trained, pieces, options):
    prompts = ["Who asks?", "", "The bank by the river lends money to"]
    with_it, without = (
        write(trained, pieces, prompts, n=2 * PLACES, cached=cached, **options)
        for cached in (True, False)
    )
    assert with_it == without and len(with_it) == 3


def test_each_of_many_prompts_is_written_on_as_if_alone(trained, pieces):
    prompts = ["Who asks?", "River", "The bank by the river lends money to"]
    together = write(trained, pieces, prompts, n=2 * PLACES, temperature=0)
    assert together == [write(trained, pieces, p, n=2 * PLACES, temperature=0) for p in prompts]
    assert write(trained, pieces, prompts, n=9)[0] == write(trained, pieces, prompts[0], n=9)


def test_equal_seeds_write_equally_and_others_do_not(trained, pieces):
    texts = [write(trained, pieces, "Who", n=30, temperature=1.5, seed=s) for s in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_writing_ends_at_the_end_and_no_later(trained, pieces):
    model = small(pieces)
    model.load_state_dict(trained.state_dict())
    with torch.no_grad():  # the norm's bias points to <end>, whatever was read
        model.tokens.weight[END] *= 100
        model.norm.weight.zero_()
        model.norm.bias.copy_(model.tokens.weight[END] * 100)
    assert write(model, pieces, ["Who", "The bank"], n=5) == ["", ""]
    (moments,) = moments_of(model, [pieces.numbers("Who")], n=5)
    assert [moment.taken for moment in moments] == [END]


def test_moments_hold_what_was_drawn_from(trained, pieces):
    prompt = pieces.numbers("The bank")
    (moments,) = moments_of(trained, [prompt], n=8, temperature=0.7, top_k=4)
    for moment in moments:
        assert moment.shares.shape == (len(pieces),) and moment.shares.sum() == pytest.approx(1)
        assert np.count_nonzero(moment.shares) <= 4 and moment.shares[moment.taken] > 0
    text = pieces.text([moment.taken for moment in moments])
    assert text == write(trained, pieces, "The bank", n=8, temperature=0.7, top_k=4)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n": 0}, "n must be at least 1"),
        ({"temperature": -1}, "temperature must be a number above 0"),
        ({"top_k": 0}, "top_k must be at least 1"),
        ({"top_p": 2}, "top_p must be above 0"),
        ({"prompt": []}, "prompt must be a text, or a list of at least one"),
        ({"prompt": [3]}, "text must be a string"),
    ],
)
def test_what_cannot_be_written_is_refused(trained, pieces, options, says):
    with pytest.raises(ValueError, match=says):
        write(trained, pieces, **{"prompt": "Who"} | options)


def test_targets_are_one_piece_ahead_and_padding_asks_for_nothing():
    batch = make_batch([[5, 6, 7, 8], [9, 4]])
    assert batch.ids.tolist() == [[5, 6, 7], [END, END, 9]]
    assert batch.targets.tolist() == [[6, 7, 8], [-100, -100, 4]]
    assert batch.mask.tolist() == [[True] * 3, [False, False, True]]
    with pytest.raises(ValueError, match="at least two numbers"):
        make_batch([[5, 6], [7]])


def test_the_loss_of_a_padded_batch_is_the_mean_over_its_pieces(trained, pieces):
    rows = [pieces.numbers("The bank by the river"), pieces.numbers("Who asks?")]
    together = make_batch(rows)
    alone = torch.cat(
        [F.cross_entropy(trained(torch.tensor([r[:-1]]))[0], torch.tensor(r[1:]), reduction="none")
         for r in rows]
    )  # fmt: skip
    loss = next_token_loss(trained(together.ids, together.mask), together.targets)
    assert loss.item() == pytest.approx(alone.mean().item(), abs=1e-5)


@pytest.mark.parametrize("length", [2, PLACES, PLACES + 1, PLACES + 2, 5 * PLACES])
def test_each_piece_but_the_first_is_asked_for_once(trained, stream, length):
    text = stream[:length]
    assert [piece for window in windows(text, PLACES) for piece in window[1:]] == text[1:]
    losses = [
        F.cross_entropy(trained(torch.tensor([w[:-1]]))[0], torch.tensor(w[1:]), reduction="sum")
        for w in windows(text, PLACES)
    ]
    expected = sum(loss.item() for loss in losses) / (length - 1)
    assert mean_loss(trained, text, batch_size=2) == pytest.approx(expected, rel=1e-5)


def test_training_lowers_the_loss_on_what_was_held_out(pieces, trained):
    held_out = pieces.stream(course_corpus().held_out)
    assert mean_loss(small(pieces), held_out) == pytest.approx(blind_loss(len(pieces)), abs=0.1)
    assert mean_loss(trained, held_out) < blind_loss(len(pieces)) - 1


def test_equal_seeds_give_equal_models_whatever_else_is_drawn(pieces, stream):
    def after(seed, drawn):
        model = small(pieces, dropout=0.2)
        torch.rand(drawn)  # the global generator must play no part
        state = torch.random.get_rng_state()
        history = train_writer(model, stream, steps=3, batch_size=4, seed=seed)
        assert torch.equal(state, torch.random.get_rng_state())
        return history.losses, list(model.state_dict().values())

    (losses, tables), (again, same), (other, _) = after(1, 2), after(1, 3), after(2, 2)
    assert losses == again != other
    assert all(torch.equal(a, b) for a, b in zip(tables, same, strict=True))


def test_who_watches_sees_a_model_that_does_not_drop(pieces, stream):
    model = small(pieces, dropout=0.5)
    history = train_writer(
        model, stream, steps=5, batch_size=4, watch=lambda m: mean_loss(m, stream), watch_every=2
    )
    assert [snapshot.step for snapshot in history.snapshots] == [0, 2, 4, 5]
    assert not model.training
    assert history.snapshots[-1].seen == mean_loss(model, stream)


@pytest.mark.parametrize("steps", range(1, 7))
def test_a_training_may_be_short_and_so_may_a_text(pieces, steps):
    history = train_writer(small(pieces), [5, 6, 7], steps=steps, batch_size=2)
    assert len(history.losses) == steps


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"steps": 0}, "steps must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"watch_every": 0}, "watch_every must be at least 1"),
        ({"lr": 0}, "lr must be a number above 0"),
        ({"numbers": [1]}, "numbers must be at least two"),
        ({"steps": 9, "lr": 1e38}, "lr must be small enough.*at step"),
    ],
)
def test_training_names_the_argument(pieces, stream, options, says):
    with pytest.raises(ValueError, match=says):
        train_writer(small(pieces), **{"numbers": stream, "steps": 2, "batch_size": 4} | options)


@pytest.mark.parametrize(
    ("quiet", "variable", "shown"), [(None, "1", False), (None, "0", True), (False, "1", True)]
)
def test_the_bar_shows_steps_and_loss_unless_it_is_to_be_quiet(
    pieces, stream, capsys, monkeypatch, quiet, variable, shown
):
    monkeypatch.setenv("COURSE_QUIET", variable)
    train_writer(small(pieces), stream, steps=2, batch_size=2, quiet=quiet)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ("2/2" in printed.err and "loss=" in printed.err) if shown else printed.err == ""


def test_who_counts_more_knows_more(pieces, stream):
    held_out, v = pieces.stream(course_corpus().held_out), len(pieces)
    assert pair_loss(stream, held_out, v) < single_loss(stream, held_out, v) < np.log(v)


def test_what_is_counted_gives_shares():
    train, v = [0, 3, 1, 3, 1, 1, 2, 0, 3], 5  # 4 never occurs
    for loss in (single_loss, pair_loss):
        for a in range(v):
            assert sum(np.exp(-loss(train, [a, b], v)) for b in range(v)) == pytest.approx(1)
    after_3 = [np.exp(-pair_loss(train, [3, b], v, smoothing=1e-9)) for b in range(v)]
    assert after_3 == pytest.approx([0, 1, 0, 0, 0], abs=1e-6)  # 3 is followed by 1, twice


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: blind_loss(0), "n_tokens must be at least 1"),
        (lambda: single_loss([1], [1, 0], 2), "train must have at least two"),
        (lambda: pair_loss([1, 0], [1], 2), "held_out must have at least two"),
        (lambda: pair_loss([1, 0], [1, 0], 2, smoothing=0), "smoothing must be above 0"),
    ],
)
def test_what_cannot_be_counted_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_writer_is_saved_and_comes_back(trained, pieces, tmp_path):
    save(tmp_path / "mine", trained, pieces)
    model, again = load(tmp_path / "mine")
    ids = torch.tensor([pieces.numbers("Who asks?")])
    assert torch.equal(model(ids), trained(ids)) and not model.training
    assert write(model, again, "Who", n=20) == write(trained, pieces, "Who", n=20)
    (tmp_path / "mine" / "pieces.json").unlink()
    with pytest.raises(ValueError, match=r"pieces\.json is missing"):
        load(tmp_path / "mine")
    with pytest.raises(ValueError, match="a token for each piece; it has 300, the pieces are 258"):
        save(tmp_path, trained, learn_pieces(["ab"], 300))
