"""Maths 06: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
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


def keys_lying(grad_q, grad_k, grad_v):
    return grad_q, grad_k.T, grad_v


def by_differences(q, k, v, grad_output):
    """Nudge every entry, and look how the loss moves."""
    given = [np.array(t, dtype=float) for t in (q, k, v)]
    slopes = []
    for table in given:
        slope = np.zeros_like(table)
        for place in np.ndindex(table.shape):
            ends = []
            for step in (1e-5, -1e-5):
                table[place] += step
                p = shares(given[0], given[1], root(*given))
                ends.append((p @ given[2] * grad_output).sum())
                table[place] -= step
            slope[place] = (ends[0] - ends[1]) / 2e-5
        slopes.append(slope)
    return tuple(slopes)


def mean_of_queries(grad_q, grad_k, grad_v):
    return grad_q, grad_k / len(grad_q), grad_v / len(grad_q)


def scaled_in_the_queries_only(q, k, v, grad_output):
    grad_q, grad_k, grad_v = way_back()(q, k, v, grad_output)
    return grad_q, grad_k / root(q, k, v), grad_v


ANSWERS = {
    "attention_vjp": Answers(
        reference=way_back(),
        also_right=(by_loops, by_jacobians, by_covariance),
        wrong={
            "not-scaled": way_back(scale=lambda q, k, v: 1),
            "scale-forgotten-on-the-way-back": way_back(scale_back=lambda q, k, v: 1),
            "scaled-in-the-queries-only": scaled_in_the_queries_only,
            "scaled-twice-on-the-way-back": way_back(scale_back=lambda q, k, v: 1 / len(q[0])),
            "divided-by-d-k": way_back(scale=lambda q, k, v: 1 / len(q[0])),
            "multiplied-by-the-root": way_back(scale=lambda q, k, v: np.sqrt(len(q[0]))),
            "root-of-another-width": way_back(scale=lambda q, k, v: 1 / np.sqrt(len(v[0]))),
            "root-of-the-number-of-keys": way_back(scale=lambda q, k, v: 1 / np.sqrt(len(k))),
            "hard-choice": way_back(weights=hard_choice),
            "softmax-along-the-queries": way_back(
                weights=lambda q, k, scale: softmax(q @ k.T * scale, axis=0)
            ),
            "softmax-skipped": way_back(jacobian=lambda p, g: g),
            "nothing-subtracted": way_back(jacobian=lambda p, g: p * g),
            "only-the-diagonal": way_back(jacobian=lambda p, g: p * (1 - p) * g),
            "weight-outside-missing": way_back(
                jacobian=lambda p, g: g - (p * g).sum(axis=-1, keepdims=True)
            ),
            "mean-outside-the-brackets": way_back(
                jacobian=lambda p, g: p * g - (p * g).sum(axis=-1, keepdims=True)
            ),
            "arguments-of-softmax-vjp-exchanged": way_back(
                jacobian=lambda p, g: through_softmax(g, p)
            ),
            "plain-mean": way_back(jacobian=lambda p, g: p * (g - g.mean(axis=-1, keepdims=True))),
            "one-mean-for-all-queries": way_back(jacobian=lambda p, g: p * (g - (p * g).sum())),
            "keys-not-transposed": keys_not_turned,
            "weights-not-transposed": weights_not_turned,
            "values-not-transposed": values_not_turned,
            "queries-meet-queries": query_meets_query,
            "queries-and-keys-exchanged": way_back(finish=lambda q, k, v: (k, q, v)),
            "values-first": way_back(finish=lambda q, k, v: (v, k, q)),
            "keys-lying-down": way_back(finish=keys_lying),
            "by-differences": by_differences,
            "averaged-over-the-queries": way_back(finish=mean_of_queries),
            "sign-flipped": way_back(finish=lambda q, k, v: (-q, -k, -v)),
            "no-maximum-subtracted": way_back(weights=without_maximum),
            "changes-its-input": changes_its_input,
        },
    ),
}
