"""Code 05: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.code_05 import DISTRACTORS, LINES
from course_lib.softmax import softmax

# causal_mask ---------------------------------------------------------------------------------


def causal_by_comparing(n):
    return np.arange(n)[:, None] >= np.arange(n)


def causal_by_loop(n):
    mask = np.zeros((n, n), dtype=bool)
    for query in range(n):
        mask[query, : query + 1] = True
    return mask


def additive(n):
    return np.where(np.tri(n, dtype=bool), 0.0, -np.inf)


# padding_mask --------------------------------------------------------------------------------


def padding_by_loop(lengths, n_keys):
    mask = np.zeros((len(lengths), 1, n_keys), dtype=bool)
    for b, length in enumerate(lengths):
        mask[b, 0, :length] = True
    return mask


def real(lengths, n_keys):
    """The right mask without its middle axis, (B, n_keys)."""
    return np.arange(n_keys) < np.asarray(lengths)[:, None]


# attention -----------------------------------------------------------------------------------


def products(q, k):
    return q @ np.swapaxes(k, -1, -2)


def scaled(q, k):
    return products(q, k) / np.sqrt(k.shape[-1])


def hide(scores, mask):
    return scores if mask is None else np.where(mask, scores, -np.inf)


def attended(
    *, scores=scaled, masked=hide, share=softmax, mixed=lambda w, q, k, v: w @ v, swap=False
):
    """Return an answer of which one step may be another: score, mask, share, mix."""

    def answer(q, k, v, mask=None):
        weights = share(masked(scores(q, k), mask))
        output = mixed(weights, q, k, v)
        return (weights, output) if swap else (output, weights)

    return answer


def by_einsum(q, k, v, mask=None):
    scores = np.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(np.broadcast_to(mask, scores.shape), scores, -1e9)
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = raised / raised.sum(axis=-1, keepdims=True)
    return np.einsum("...qk,...kv->...qv", weights, v), weights


def by_loop(q, k, v, mask=None):
    shape = (*q.shape[:-1], k.shape[-2])
    mask = np.broadcast_to(True if mask is None else mask, shape)
    output, weights = np.zeros((*q.shape[:-1], v.shape[-1])), np.zeros(shape)
    for at in np.ndindex(q.shape[:-1]):
        keys, values = k[at[:-1]], v[at[:-1]]
        scores = np.where(mask[at], keys @ q[at] / math.sqrt(len(q[at])), -np.inf)
        weights[at] = softmax(scores)
        output[at] = weights[at] @ values
    return output, weights


def by_adding(q, k, v, mask=None):
    scores = (q / np.sqrt(q.shape[-1])) @ np.swapaxes(k, -1, -2)
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    weights = softmax(scores)
    return weights @ v, weights


def weights_zeroed(q, k, v, mask=None):
    weights = softmax(scaled(q, k))
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


def zeroed_and_renormalised(q, k, v, mask=None):
    weights = softmax(scaled(q, k))
    if mask is not None:
        weights = weights * mask
        weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def without_maximum(scores):
    raised = np.exp(scores)
    return raised / raised.sum(axis=-1, keepdims=True)


def best_only(scores):
    return (scores == scores.max(axis=-1, keepdims=True)).astype(float)


def in_place(q, k, v, mask=None):
    q[...] = q / math.sqrt(q.shape[-1])
    weights = softmax(hide(products(q, k), mask))
    return weights @ v, weights


def only_one_leading_axis(q, k, v, mask=None):
    if q.ndim == 2:
        return attended()(q, k, v, mask)
    scores = np.einsum("bqd,bkd->bqk", q, k) / math.sqrt(q.shape[-1])
    weights = softmax(hide(scores, mask))
    return np.einsum("bqk,bkv->bqv", weights, v), weights


# bug_05_padding ------------------------------------------------------------------------------


def padded(visible, masked=hide):
    """Return an answer that hides padding by a mask made from lengths and the number of keys."""

    def answer(q, k, v, lengths):
        weights = softmax(masked(scaled(q, k), visible(lengths, k.shape[-2])))
        return weights @ v, weights

    return answer


def padded_by_sentence(q, k, v, lengths):
    weights = np.zeros((*q.shape[:-1], k.shape[-2]))
    for b, length in enumerate(lengths):
        weights[b, :, :length] = softmax(q[b] @ k[b, :length].T / np.sqrt(q.shape[-1]))
    return weights @ v, weights


def padded_before_scaling(q, k, v, lengths):
    visible = np.arange(k.shape[1])[None, None, :] < lengths[:, None, None]
    scores = np.where(visible, np.einsum("bqd,bkd->bqk", q, k), -1e9) / np.sqrt(k.shape[2])
    return softmax(scores) @ v, softmax(scores)


def weights_cut(q, k, v, lengths):
    weights = softmax(scaled(q, k)) * real(lengths, k.shape[-2])[:, None]
    return weights @ v, weights


# order_05_attention --------------------------------------------------------------------------


in_order = ordering.by_place((*LINES, *DISTRACTORS))


ONCE = "code/05_matrix_form: How do all four words ask at once?"
READ = "code/05_matrix_form: How do I read the table of weights?"
BATCH = "code/05_matrix_form: What does a batch change?"
PADDING = "code/05_matrix_form: What if one sentence is shorter?"
AHEAD = "code/05_matrix_form: How do I forbid looking ahead?"
WRONG = "code/05_matrix_form: Which of these masks are wrong?"
NOTHING = "code/05_matrix_form: What should a word get that may look at nothing?"
BREAK = "code/05_matrix_form: What breaks if the mask has one axis less?"
ROOT = "code/04_scaling: Why the square root, and not d_k itself?"
LONGER = "code/04_scaling: What happens to the scores when the keys get longer?"
WHICH = "code/04_scaling: The d_k of what?"
TWICE = "code/04_scaling: Is it a bug to divide the query instead?"
TABLES = "code/03_lookup: Which of the two tables do the weights multiply?"
HARD = "code/03_lookup: Why not hand over the best match alone?"
STABLE = "code/02_softmax: What is exp(1000) on this machine?"
AXIS = "code/02_softmax: Who shares the 100 %?"

OTHER_WAY = "Ask row 0: what may the first word look at? Print that row."
ZEROED = "Add up a row. Who got the share that the hidden keys gave back?"
EXP_OF_ZERO = "What does the exponential make of a zero?"
QUERY_AXIS = "A hidden key must be seen by nobody. Is that a row or a column of the table?"

ANSWERS = {
    "causal_mask": Answers(
        reference=lambda n: np.tri(n, dtype=bool),
        also_right=(
            causal_by_comparing,
            causal_by_loop,
            lambda n: ~np.triu(np.ones((n, n), dtype=bool), k=1),
        ),
        misconceptions=(
            Misconception(
                "diagonal-hidden",
                lambda n: np.tri(n, k=-1, dtype=bool),
                "May a word see itself? What is left for the first one?",
                NOTHING,
            ),
            Misconception(
                "upside-down",
                lambda n: np.triu(np.ones((n, n), dtype=bool)),
                "Which word should see only one key, the first or the last? Print both rows.",
                AHEAD,
            ),
            Misconception(
                "true-means-hide",
                lambda n: ~np.tri(n, dtype=bool),
                f"{OTHER_WAY} What does True mean in this course?",
                WRONG,
            ),
            Misconception(
                "one-ahead",
                lambda n: np.tri(n, k=1, dtype=bool),
                "Ask row 0: may the first word see the second one?",
                AHEAD,
            ),
            Misconception(
                "itself-only",
                lambda n: np.eye(n, dtype=bool),
                "Ask the last row: what may the last word look at?",
                AHEAD,
            ),
            Misconception(
                "hides-nothing",
                lambda n: np.ones((n, n), dtype=bool),
                OTHER_WAY,
                AHEAD,
            ),
            Misconception(
                "numbers-not-booleans",
                lambda n: np.tri(n),
                "Your entries look right. Of which type are they? Print `mask.dtype`.",
                PADDING,
            ),
            Misconception(
                "ready-to-add",
                additive,
                "That could be added to scores. Which question does a mask answer, yes or no?",
                PADDING,
            ),
            Misconception(
                "one-row",
                lambda n: np.ones(n, dtype=bool),
                "Who looks at whom is a table. How many rows has it, and how many columns?",
                AHEAD,
            ),
        ),
    ),
    "padding_mask": Answers(
        reference=lambda lengths, n_keys: np.arange(n_keys) < lengths[:, None, None],
        also_right=(
            padding_by_loop,
            lambda lengths, n_keys: real(lengths, n_keys)[:, np.newaxis, :],
            lambda lengths, n_keys: np.array([[np.arange(n_keys) < n] for n in lengths]),
        ),
        misconceptions=(
            Misconception(
                "true-means-hide",
                lambda lengths, n_keys: ~real(lengths, n_keys)[:, None],
                "In this course, what does True say about a key? Print the row of a full sentence.",
                WRONG,
            ),
            Misconception(
                "one-too-many",
                lambda lengths, n_keys: np.arange(n_keys) <= lengths[:, None, None],
                "A sentence of length 1: how many keys does your mask show? What number has the "
                "first key?",
                PADDING,
            ),
            Misconception(
                "first-one-lost",
                lambda lengths, n_keys: np.arange(1, n_keys + 1) < lengths[:, None, None],
                "A sentence of length 1: how many keys does your mask show?",
                PADDING,
            ),
            Misconception(
                "no-axis-for-queries",
                real,
                "Which axis of the scores does your mask's *first* axis land on?",
                BREAK,
            ),
            Misconception(
                "axes-as-they-come",
                lambda lengths, n_keys: np.arange(n_keys) < lengths,
                "Write the shapes of both sides below each other, from the right. Where should the "
                "keys stand, and where the sentences?",
                PADDING,
            ),
            Misconception(
                "batch-on-the-query-axis",
                lambda lengths, n_keys: real(lengths, n_keys)[None],
                "Name the three axes of the scores from left to right. Where do the sentences go?",
                BREAK,
            ),
            Misconception(
                "queries-hidden",
                lambda lengths, n_keys: real(lengths, n_keys)[:, :, None],
                QUERY_AXIS,
                WRONG,
            ),
            Misconception(
                "padded-at-the-front",
                lambda lengths, n_keys: real(lengths, n_keys)[:, None, ::-1],
                "At which end of a sentence is its padding? Print the row of a short one.",
                PADDING,
            ),
            Misconception(
                "numbers-not-booleans",
                lambda lengths, n_keys: real(lengths, n_keys)[:, None].astype(float),
                "Your entries look right. Of which type are they? Print `mask.dtype`.",
                PADDING,
            ),
            Misconception(
                "one-length-for-all",
                lambda lengths, n_keys: np.repeat(
                    [[np.arange(n_keys) < lengths[0]]], len(lengths), axis=0
                ),
                "Compare two sentences of different length. Do their rows differ?",
                PADDING,
            ),
        ),
    ),
    "attention": Answers(
        reference=attended(),
        also_right=(by_einsum, by_loop, by_adding),
        misconceptions=(
            Misconception(
                "unscaled",
                attended(scores=products),
                "Measure the spread of your scores for d_k = 4 and for 512. Should it grow?",
                LONGER,
            ),
            Misconception(
                "divided-by-width",
                attended(scores=lambda q, k: products(q, k) / k.shape[-1]),
                "Measure the spread of your scores for d_k = 4 and for 512. Should it fall? How "
                "often, and in which form, does the width enter?",
                ROOT,
            ),
            Misconception(
                "multiplied",
                attended(scores=lambda q, k: products(q, k) * math.sqrt(k.shape[-1])),
                "Is your factor above 1 or below? And what do you do with it?",
                TWICE,
            ),
            Misconception(
                "root-of-number-of-keys",
                attended(scores=lambda q, k: products(q, k) / math.sqrt(k.shape[-2])),
                "If ten more keys come in, should each score change?",
                WHICH,
            ),
            Misconception(
                "best-only",
                attended(share=best_only),
                "Move the query a hair. Does your answer move a hair?",
                HARD,
            ),
            Misconception(
                "divided-after-softmax",
                attended(
                    scores=lambda q, k: (products(q, k), math.sqrt(k.shape[-1])),
                    masked=lambda pair, mask: (hide(pair[0], mask), pair[1]),
                    share=lambda pair: softmax(pair[0]) / pair[1],
                ),
                "What must each row of weights add up to?",
                "code/04_scaling: What breaks if the division stands in another place?",
            ),
            Misconception(
                "softmax-down-the-columns",
                attended(share=lambda scores: softmax(scores, axis=-2)),
                "Who shares the 100 %: the keys that one query looks at, or the queries that look "
                "at one key? Sum along both axes.",
                AXIS,
            ),
            Misconception(
                "keys-mixed",
                attended(mixed=lambda w, q, k, v: w @ k),
                "Which of the two tables holds what you want to take home?",
                TABLES,
            ),
            Misconception(
                "wrong-order",
                attended(swap=True),
                "You return two things. Which is due first?",
                ONCE,
            ),
            Misconception(
                "one-thing",
                lambda q, k, v, mask=None: attended()(q, k, v, mask)[0],
                "Who asks for the answer also wants to know who was looked at, and how much.",
                ONCE,
            ),
            Misconception(
                "mask-ignored",
                attended(masked=lambda scores, mask: scores),
                "Does your line change something, or does it make something new that nobody keeps?",
                PADDING,
            ),
            Misconception(
                "scores-multiplied-by-mask",
                attended(masked=lambda s, mask: s if mask is None else s * mask),
                EXP_OF_ZERO,
                WRONG,
            ),
            Misconception(
                "mask-added",
                attended(masked=lambda s, mask: s if mask is None else s + mask),
                "Adding what number to a score makes its exponential vanish?",
                WRONG,
            ),
            Misconception("weights-zeroed", weights_zeroed, ZEROED, WRONG),
            Misconception(
                "zeroed-and-renormalised",
                zeroed_and_renormalised,
                "What if all the weight was on what you hide? Look for a division by zero.",
                WRONG,
            ),
            Misconception(
                "true-means-hide",
                attended(masked=lambda s, mask: s if mask is None else np.where(mask, -np.inf, s)),
                f"What does True mean in this course? {OTHER_WAY}",
                WRONG,
            ),
            Misconception(
                "mask-taken-for-a-yes-or-no",
                attended(masked=lambda s, mask: hide(s, mask) if mask else s),
                "A whole table is neither true nor false. What do you want to know about `mask` at "
                "that place?",
                PADDING,
            ),
            Misconception(
                "nought-times-infinity",
                attended(
                    masked=lambda s, mask: (
                        s if mask is None else s + (1 - np.asarray(mask)) * -np.inf
                    )
                ),
                "What is nought times infinity here? Print that part alone.",
                PADDING,
            ),
            Misconception(
                "hidden-by-a-small-number",
                attended(masked=lambda s, mask: s if mask is None else np.where(mask, s, -10.0)),
                "How small must a score be, so that its share is nothing at all?",
                PADDING,
            ),
            Misconception(
                "mask-on-the-query-axis",
                attended(
                    masked=lambda s, mask: (
                        s if mask is None else np.where(np.swapaxes(mask, -1, -2), s, -np.inf)
                    )
                ),
                QUERY_AXIS,
                WRONG,
            ),
            Misconception(
                "all-axes-turned",
                lambda q, k, v, mask=None: attended(
                    scores=lambda q, k: q @ k.T / k.shape[-1] ** 0.5
                )(q, k, v, mask),
                "Name the axes from the right. Which two should change places in a batch?",
                BATCH,
            ),
            Misconception(
                "three-axes-only",
                attended(scores=lambda q, k: q @ k.transpose(0, 2, 1) / k.shape[-1] ** 0.5),
                "Call it with no axis in front, then with two. Do your lines count the axes from "
                "the right?",
                BATCH,
            ),
            Misconception(
                "one-leading-axis-only",
                only_one_leading_axis,
                "Call it with two axes in front. Do your lines count the axes from the right?",
                BATCH,
            ),
            Misconception(
                "no-maximum-subtracted",
                attended(
                    share=without_maximum, masked=lambda s, m: s if m is None else s - 1e9 * ~m
                ),
                "What is exp(1000) on this machine?",
                STABLE,
            ),
            Misconception(
                "query-changed",
                in_place,
                "Print `q` before and after the call. Whose array do you write into?",
                BATCH,
            ),
        ),
    ),
    "bug_05_padding": Answers(
        reference=padded(lambda lengths, n: real(lengths, n)[:, None]),
        also_right=(
            padded_by_sentence,
            padded_before_scaling,
            padded(lambda lengths, n: np.array([[np.arange(n) < length] for length in lengths])),
        ),
        misconceptions=(
            Misconception(
                "not-repaired",
                padded(real),
                "Which axis of the scores does the mask's *first* axis land on? Write both shapes "
                "below each other, from the right.",
                BREAK,
            ),
            Misconception(
                "query-axis",
                padded(lambda lengths, n: real(lengths, n)[:, :, None]),
                QUERY_AXIS,
                WRONG,
            ),
            Misconception(
                "true-means-hide",
                padded(lambda lengths, n: ~real(lengths, n)[:, None]),
                "The shapes fit now. Which keys are seen, the real ones or the others?",
                WRONG,
            ),
            Misconception(
                "one-too-many",
                padded(lambda lengths, n: np.arange(n) <= lengths[:, None, None]),
                "A sentence of length 1: how many keys does your mask show?",
                PADDING,
            ),
            Misconception("weights-zeroed", weights_cut, ZEROED, WRONG),
            Misconception(
                "scores-multiplied-by-mask",
                padded(lambda lengths, n: real(lengths, n)[:, None], masked=np.multiply),
                EXP_OF_ZERO,
                WRONG,
            ),
            Misconception(
                "mask-dropped",
                lambda q, k, v, lengths: attended()(q, k, v),
                "It runs for all sizes now. What has become of the lengths?",
                PADDING,
            ),
        ),
    ),
    "order_05_attention": Answers(
        reference=in_order(0, 1, 2, 3, 4),
        also_right=(
            in_order(0, 2, 1, 3, 4),
            in_order(0, 1, 2, 3, 4, spell=str.split),
            in_order(0, 2, 1, 3, 4, spell=lambda answer: answer.replace(" ", ", ")),
        ),
        misconceptions=(
            Misconception("masked-after-softmax", in_order(0, 1, 3, 5, 4), ZEROED, WRONG),
            Misconception(
                "masked-too-late",
                in_order(0, 1, 3, 2, 4),
                "One of your lines changes scores that nobody reads any more. Which?",
                PADDING,
            ),
            Misconception(
                "scaled-too-late",
                in_order(0, 2, 3, 1, 4),
                "One of your lines changes scores that nobody reads any more. What should it have "
                "done before?",
                ROOT,
            ),
            Misconception(
                "returns-at-once",
                in_order(4, 0, 1, 2, 3),
                "Which names does the line with `return` read, and which lines make them?",
                ONCE,
            ),
        ),
    ),
}
