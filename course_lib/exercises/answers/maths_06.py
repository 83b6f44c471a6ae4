"""Maths 06: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
from course_lib.softmax import softmax


def through_softmax(p, g):
    return p * (g - (p * g).sum(axis=-1, keepdims=True))


def shares(q, k, scale):
    return softmax(np.asarray(q) @ np.asarray(k).T * scale)


def root(q, k, v):
    return 1 / np.sqrt(np.shape(q)[1])


def way_back(
    *, scale=root, scale_back=None, weights=shares, jacobian=through_softmax, finish=None
):  # fmt: skip
    """Return the way back through attention, with one of its parts replaced."""

    def attention_vjp(q, k, v, grad_output):
        q, k, v, grad_output = map(np.asarray, (q, k, v, grad_output))
        forth = scale(q, k, v)
        back = (scale_back or scale)(q, k, v)
        p = weights(q, k, forth)
        grad_scores = jacobian(p, grad_output @ v.T)
        three = back * grad_scores @ k, back * grad_scores.T @ q, p.T @ grad_output
        return three if finish is None else finish(*three)

    return attention_vjp


def by_loops(q, k, v, grad_output):
    q, k, v, grad_output = (np.array(t, dtype=float) for t in (q, k, v, grad_output))
    grad_q, grad_k, grad_v = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    factor = q.shape[1] ** -0.5
    for i, (query, complaint) in enumerate(zip(q, grad_output)):
        p = softmax(k @ query * factor)
        mixture = p @ v
        for j in range(len(k)):
            pull = p[j] * (complaint @ (v[j] - mixture)) * factor
            grad_v[j] += p[j] * complaint
            grad_q[i] += pull * k[j]
            grad_k[j] += pull * query
    return grad_q, grad_k, grad_v


def by_jacobians(q, k, v, grad_output):
    p = shares(q, k, root(q, k, v))  # (n_q, n_k)
    jacobians = np.einsum("ij,jl->ijl", p, np.eye(p.shape[1])) - np.einsum("ij,il->ijl", p, p)
    grad_scores = np.einsum("ib,jb,ijl->il", grad_output, v, jacobians) * root(q, k, v)
    grad_q = np.einsum("ij,ja->ia", grad_scores, k)
    grad_k = np.einsum("ij,ia->ja", grad_scores, q)
    return [grad_q, grad_k, np.einsum("ij,ib->jb", p, grad_output)]


def by_covariance(q, k, v, grad_output):
    """Line (9) for the queries; the keys get what is left of each query's complaint."""
    q, k, v, grad_output = map(np.asarray, (q, k, v, grad_output))
    q = q / np.sqrt(q.shape[-1])
    p = shares(q, k, 1)
    away = v[None] - (p @ v)[:, None]  # (n_q, n_k, d_v)
    pull = p * (away * grad_output[:, None]).sum(axis=-1)
    centred = k[None] - (p @ k)[:, None]  # (n_q, n_k, d_k)
    grad_q = (pull[..., None] * centred).sum(axis=1) / np.sqrt(k.shape[-1])
    return grad_q, pull.T @ q, p.T @ grad_output


def without_maximum(q, k, scale):
    raised = np.exp(q @ k.T * scale)
    return raised / raised.sum(axis=-1, keepdims=True)


def hard_choice(q, k, scale):
    return np.eye(len(k))[(q @ k.T).argmax(axis=-1)]


def query_meets_query(q, k, v, grad_output):
    p = shares(q, k, root(q, k, v))
    grad_scores = through_softmax(p, grad_output @ v.T) * root(q, k, v)
    return grad_scores @ q, grad_scores.T @ k, p.T @ grad_output


def keys_not_turned(q, k, v, grad_output):
    p = shares(q, k, root(q, k, v))
    grad_scores = through_softmax(p, grad_output @ v.T) * root(q, k, v)
    return grad_scores @ k, grad_scores @ q, p.T @ grad_output


def weights_not_turned(q, k, v, grad_output):
    grad_q, grad_k, _ = way_back()(q, k, v, grad_output)
    return grad_q, grad_k, shares(q, k, root(q, k, v)) @ grad_output


def values_not_turned(q, k, v, grad_output):
    p = shares(q, k, root(q, k, v))
    grad_scores = through_softmax(p, grad_output @ v) * root(q, k, v)
    return grad_scores @ k, grad_scores.T @ q, p.T @ grad_output


def changes_its_input(q, k, v, grad_output):
    q *= root(q, k, v)
    p = softmax(q @ k.T)
    grad_scores = through_softmax(p, grad_output @ v.T)
    return grad_scores @ k * root(q, k, v), grad_scores.T @ q, p.T @ grad_output


def mean_of_queries(grad_q, grad_k, grad_v):
    return grad_q, grad_k / len(grad_q), grad_v / len(grad_q)


def scaled_in_the_queries_only(q, k, v, grad_output):
    grad_q, grad_k, grad_v = way_back()(q, k, v, grad_output)
    return grad_q, grad_k / root(q, k, v), grad_v


VALUES = "maths/06_attention_layer: How does a wrong answer reach the values and the weights?"
SOFTMAX = "maths/06_attention_layer: How does it get through the softmax?"
QUERY = "maths/06_attention_layer: What do the query and the keys feel?"
MATRICES = "maths/06_attention_layer: Which way do the three matrices move?"
MISTAKES = "maths/06_attention_layer: Which mistakes wait here?"
STABLE = "maths/02_softmax: What breaks if the largest score stays in?"
HARD = "maths/03_lookup: How does the soft lookup turn into a hard one?"

ANSWERS = {
    "attention_vjp": Answers(
        reference=way_back(),
        also_right=(by_loops, by_jacobians, by_covariance),
        misconceptions=(
            Misconception(
                "not-scaled",
                way_back(scale=lambda q, k, v: 1),
                "Compare your weights with those of `attend`. Are yours sharper? Which step is "
                "missing between the products and the softmax?",
                QUERY,
            ),
            Misconception(
                "scale-forgotten-on-the-way-back",
                way_back(scale_back=lambda q, k, v: 1),
                "Your gradient by the values is right, the two others are too large, all by one "
                "factor. What multiplied the products on the way there?",
                MISTAKES,
            ),
            Misconception(
                "scaled-in-the-queries-only",
                scaled_in_the_queries_only,
                "Your keys' gradient is off by one factor, everywhere. What stands before both "
                "formulas in line (7)?",
                QUERY,
            ),
            Misconception(
                "scaled-twice-on-the-way-back",
                way_back(scale_back=lambda q, k, v: 1 / len(q[0])),
                "Your gradient by the values is right, the two others are too small, all by one "
                "factor. How often were the products divided on the way there?",
                QUERY,
            ),
            Misconception(
                "divided-by-d-k",
                way_back(scale=lambda q, k, v: 1 / len(q[0])),
                "Your weights are too even. Which power of the width keeps the spread of the "
                "scores?",
                QUERY,
            ),
            Misconception(
                "multiplied-by-the-root",
                way_back(scale=lambda q, k, v: np.sqrt(len(q[0]))),
                "Is your factor above or below 1? What do you do with it?",
                QUERY,
            ),
            Misconception(
                "root-of-another-width",
                way_back(scale=lambda q, k, v: 1 / np.sqrt(len(v[0]))),
                "Which two vectors are multiplied in a score, and how many entries do they have?",
                QUERY,
            ),
            Misconception(
                "root-of-the-number-of-keys",
                way_back(scale=lambda q, k, v: 1 / np.sqrt(len(k))),
                "If ten more keys come in, should each score change?",
                QUERY,
            ),
            Misconception(
                "hard-choice",
                way_back(weights=hard_choice),
                "Your queries and keys get nothing but zeros. Can a choice of exactly one item "
                "move a hair when a score moves a hair?",
                HARD,
            ),
            Misconception(
                "softmax-along-the-queries",
                way_back(weights=lambda q, k, scale: softmax(q @ k.T * scale, axis=0)),
                "Who has 100 % to give: one that asks, or one that is asked?",
                QUERY,
            ),
            Misconception(
                "softmax-skipped",
                way_back(jacobian=lambda p, g: g),
                "You have the gradient by the weights. Which step lies between scores and weights?",
                SOFTMAX,
            ),
            Misconception(
                "nothing-subtracted",
                way_back(jacobian=lambda p, g: p * g),
                "Add up a row of your gradient by the scores. What must come out, if the same "
                "number added to all scores changes nothing?",
                MISTAKES,
            ),
            Misconception(
                "only-the-diagonal",
                way_back(jacobian=lambda p, g: p * (1 - p) * g),
                "If one weight grows, can the others stay as they are? How do their gradients "
                "enter?",
                SOFTMAX,
            ),
            Misconception(
                "weight-outside-missing",
                way_back(jacobian=lambda p, g: g - (p * g).sum(axis=-1, keepdims=True)),
                "Whose score should hardly matter: that of an item with weight 0.001, or with 0.5?",
                SOFTMAX,
            ),
            Misconception(
                "mean-outside-the-brackets",
                way_back(jacobian=lambda p, g: p * g - (p * g).sum(axis=-1, keepdims=True)),
                "What does the weight multiply in line (6): g alone, or the difference?",
                SOFTMAX,
            ),
            Misconception(
                "arguments-of-softmax-vjp-exchanged",
                way_back(jacobian=lambda p, g: through_softmax(g, p)),
                "Look at `help(softmax_vjp)`. In which order does it want its two tables?",
                SOFTMAX,
            ),
            Misconception(
                "plain-mean",
                way_back(jacobian=lambda p, g: p * (g - g.mean(axis=-1, keepdims=True))),
                "Under which weights is the mean in line (6) taken?",
                SOFTMAX,
            ),
            Misconception(
                "one-mean-for-all-queries",
                way_back(jacobian=lambda p, g: p * (g - (p * g).sum())),
                "Each query mixes for itself. Do they all have the same mean?",
                SOFTMAX,
            ),
            Misconception(
                "keys-not-transposed",
                keys_not_turned,
                "Write the shape of each factor under your line for the keys. What should the "
                "rows of the result stand for: who asks, or who is asked?",
                MISTAKES,
            ),
            Misconception(
                "weights-not-transposed",
                weights_not_turned,
                "Row j of the gradient by the values collects from everybody who looked at j. Is "
                "that a row or a column of the weights?",
                VALUES,
            ),
            Misconception(
                "values-not-transposed",
                values_not_turned,
                "Entry (i, j) of the gradient by the weights uses one complaint and one value. "
                "Which row meets which column in your product?",
                VALUES,
            ),
            Misconception(
                "queries-meet-queries",
                query_meets_query,
                "A score is a product of two factors. If you nudge one of them, which one stays "
                "as its partner?",
                QUERY,
            ),
            Misconception(
                "queries-and-keys-exchanged",
                way_back(finish=lambda q, k, v: (k, q, v)),
                "In which order does the docstring want the three?",
                QUERY,
            ),
            Misconception(
                "averaged-over-the-queries",
                way_back(finish=mean_of_queries),
                "Two queries complain about the same key. Does it feel both, or half of each?",
                VALUES,
            ),
            Misconception(
                "sign-flipped",
                way_back(finish=lambda q, k, v: (-q, -k, -v)),
                "A gradient says where the loss grows. Is a step against it your business, or "
                "that of whoever called?",
                MATRICES,
            ),
            Misconception(
                "no-maximum-subtracted",
                way_back(weights=without_maximum),
                "What is exp(1000) on this machine? Which number may be taken off a row of scores "
                "without changing its weights?",
                STABLE,
            ),
            Misconception(
                "changes-its-input",
                changes_its_input,
                "Print the queries before and after calling your function.",
                MISTAKES,
            ),
        ),
    ),
}
