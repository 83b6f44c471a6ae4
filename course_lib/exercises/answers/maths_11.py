"""Maths 11: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.softmax import softmax

# cross_entropy_vjp ---------------------------------------------------------------------------


def one_hot(n, target):
    return np.eye(n)[target]


def of_shares(gradient):
    """Turn a function of shares and one-hot row into a function of logits and target."""

    def cross_entropy_vjp(logits, target):
        shares = softmax(np.asarray(logits, dtype=float))
        return gradient(shares, one_hot(len(shares), target))

    return cross_entropy_vjp


def by_jacobian(logits, target):
    """Go back through softmax with lesson 02's table, in logarithms, where nothing is divided."""
    shares = softmax(np.asarray(logits, dtype=float))
    of_logs = np.eye(len(shares)) - shares  # row i: how ln p_i moves with each logit
    return -of_logs[target]


def entry_by_entry(logits, target):
    raised = np.exp(np.array(logits, dtype=float) - max(logits))
    return [r / raised.sum() - (1 if j == target else 0) for j, r in enumerate(raised)]


def by_subtracting_one(logits, target):
    z = np.array(logits, dtype=float)
    z -= z.max()
    gradient = np.exp(z - np.log(np.exp(z).sum()))
    gradient[target] -= 1
    return gradient


def loss_of(logits, target):
    z = np.asarray(logits, dtype=float)
    return np.log(np.exp(z - z.max()).sum()) + z.max() - z[target]


def by_differences(logits, target, h=1e-5):
    z, nudges = np.asarray(logits, dtype=float), h * np.eye(len(logits))
    return np.array([(loss_of(z + n, target) - loss_of(z - n, target)) / (2 * h) for n in nudges])


def no_maximum(logits, target):
    with np.errstate(over="ignore", invalid="ignore"):
        raised = np.exp(np.asarray(logits, dtype=float))
        return raised / raised.sum() - one_hot(len(raised), target)


def through_one_over_the_share(logits, target):
    """Go back through -1/p: right on paper, and 0 · inf where the right word's share is 0."""
    shares = softmax(np.asarray(logits, dtype=float))
    jacobian = np.diag(shares) - np.outer(shares, shares)
    with np.errstate(divide="ignore", invalid="ignore"):
        return jacobian @ (-one_hot(len(shares), target) / shares[target])


def changes_its_input(logits, target):
    logits -= logits.max()
    shares = np.exp(logits) / np.exp(logits).sum()
    return shares - one_hot(len(shares), target)


def logits_for_shares(logits, target):
    return np.asarray(logits, dtype=float) - one_hot(len(logits), target)


# perplexity ----------------------------------------------------------------------------------


def exponentiated(p):
    return np.exp(-np.mean(np.log(np.asarray(p, dtype=float))))


def by_roots(p):
    """Multiply the n-th roots, none of which is small."""
    p = np.asarray(p, dtype=float)
    return 1 / np.prod(p ** (1 / len(p)))


def by_bits(p):
    return 2 ** (sum(-math.log2(each) for each in p) / len(p))


def by_surprise(p):
    surprise = np.log(1 / np.asarray(p, dtype=float))
    return math.e ** (surprise.sum() / surprise.size)


def product_first(p):
    with np.errstate(divide="ignore"):
        return np.prod(np.asarray(p, dtype=float)) ** (-1 / len(p))


# cached_flops --------------------------------------------------------------------------------


def counting(
    maps=lambda n, d: 4 * d * d,
    looks=lambda n, d: 2 * (n + 1) * d,
    thinks=lambda n, d, d_ff: 2 * d * d_ff,
    each=2,
    layers=lambda n_layers: n_layers,
):
    """Return a count of which one part may be replaced; parts count multiply-adds of one layer."""

    def cached_flops(n, d_model, d_ff, n_layers):
        one = maps(n, d_model) + looks(n, d_model) + thinks(n, d_model, d_ff)
        return each * layers(n_layers) * one

    return cached_flops


def by_shapes(n, d_model, d_ff, n_layers):
    products = [(1, d_model, d_model)] * 4  # q, k, v of the new token, and o
    products += [(1, d_model, n + 1), (1, n + 1, d_model)]
    products += [(1, d_model, d_ff), (1, d_ff, d_model)]
    return n_layers * sum(2 * math.prod(product) for product in products)


def by_layer(n, d_model, d_ff, n_layers):
    flops = 0
    for _ in range(n_layers):
        flops += 8 * d_model**2 + 4 * d_model * d_ff
        flops += 4 * d_model * n + 4 * d_model  # those that are kept, and itself
    return flops


def by_width(n, d_model, d_ff, n_layers):
    return 4 * n_layers * d_model * (2 * d_model + d_ff + n + 1)


def one_addition_fewer(n, d_model, d_ff, n_layers):
    products = [(d_model, d_model)] * 4 + [(d_model, n + 1), (n + 1, d_model)]
    products += [(d_model, d_ff), (d_ff, d_model)]
    return n_layers * sum(columns * (2 * inner - 1) for inner, columns in products)


def read_again(n, d_model, d_ff, n_layers):
    return (n + 1) * counting()(n, d_model, d_ff, n_layers)


# dropout_variance ----------------------------------------------------------------------------


def dropping(factor=lambda p: p / (1 - p), squares=lambda w, v: w**2 @ v**2):
    """Return a variance of which the factor or the sum may be replaced."""

    def dropout_variance(weights, values, p):
        w, v = np.asarray(weights, dtype=float), np.asarray(values, dtype=float)
        return factor(p) * squares(w, v)

    return dropout_variance


def word_by_word(weights, values, p):
    variance = np.zeros(np.shape(values)[1])
    for w, v in zip(weights, values):
        variance += np.square(w * np.asarray(v, dtype=float)) * p / (1 - p)
    return variance


def by_moments(weights, values, p):
    """Compute E x² - (E x)² of each term; independent terms add up."""
    terms = np.asarray(weights, dtype=float)[:, None] * values / (1 - p)  # what stays, enlarged
    return ((1 - p) * terms**2 - ((1 - p) * terms) ** 2).sum(axis=0)


def all_cases(weights, values, p):
    """Go through all 2ⁿ ways to drop, each with its probability."""
    n = len(weights)
    kept = (np.arange(2**n)[:, None] >> np.arange(n)) & 1  # (2ⁿ, n)
    chance = np.prod(np.where(kept, 1 - p, p), axis=1)
    mixed = (kept * np.asarray(weights, dtype=float) / (1 - p)) @ values
    return chance @ (mixed - chance @ mixed) ** 2


def by_einsum(weights, values, p):
    w, v = np.asarray(weights, dtype=float), np.asarray(values, dtype=float)
    return np.einsum("i,i,ib,ib->b", w, w, v, v) * (1 / (1 - p) - 1)


def spread_of_values(weights, values, p):
    w, v = np.asarray(weights, dtype=float), np.asarray(values, dtype=float)
    return w @ v**2 - (w @ v) ** 2


def empties_its_input(weights, values, p):
    values *= weights[:, None]
    return p / (1 - p) * (values**2).sum(axis=0)


def root_of_the_variance(weights, values, p):
    return np.sqrt(dropping()(weights, values, p))


ANSWERS = {
    "cross_entropy_vjp": Answers(
        reference=of_shares(lambda p, e: p - e),
        also_right=(by_jacobian, entry_by_entry, by_subtracting_one),
        wrong={
            "sign-flipped": of_shares(lambda p, e: e - p),
            "right-word-not-subtracted": of_shares(lambda p, e: p),
            "right-word-only": of_shares(lambda p, e: e * (p - 1)),
            "stops-at-the-shares": of_shares(lambda p, e: -e / np.maximum(p, 1e-300)),
            "of-the-share-itself": of_shares(lambda p, e: (p @ e) * (p - e)),
            "squared-error": of_shares(lambda p, e: 2 * p * ((p - e) - p @ (p - e))),
            "divided-by-the-words": of_shares(lambda p, e: (p - e) / len(p)),
            "bits-for-nats": of_shares(lambda p, e: (p - e) / np.log(2)),
            "logits-for-shares": logits_for_shares,
            "softmax-twice": of_shares(lambda p, e: softmax(p) - e),
            "counted-from-one": of_shares(lambda p, e: p - np.roll(e, -1)),
            "loss-for-gradient": loss_of,
            "no-maximum-subtracted": no_maximum,
            "divided-by-a-share-of-zero": through_one_over_the_share,
            "by-differences": by_differences,
            "changes-its-input": changes_its_input,
        },
    ),
    "perplexity": Answers(
        reference=exponentiated,
        also_right=(by_roots, by_bits, by_surprise),
        wrong={
            "mean-of-the-probabilities": lambda p: 1 / np.mean(p),
            "mean-of-the-inverses": lambda p: np.mean(1 / np.asarray(p, dtype=float)),
            "loss-for-perplexity": lambda p: np.log(exponentiated(p)),
            "not-divided-by-the-words": lambda p: np.exp(-np.sum(np.log(p))),
            "product-first": product_first,
            "upside-down": lambda p: 1 / exponentiated(p),
            "two-for-e": lambda p: 2 ** np.log(exponentiated(p)),
            "bits-into-exp": lambda p: np.exp(np.log2(exponentiated(p))),
            "weighted-by-itself": lambda p: np.exp(-np.sum(np.asarray(p) * np.log(p))),
            "worst-word-alone": lambda p: 1 / np.min(p),
            "one-word-fewer": lambda p: np.exp(-np.sum(np.log(p)) / max(len(p) - 1, 1)),
            "words-counted": len,
        },
    ),
    "cached_flops": Answers(
        reference=counting(),
        also_right=(by_shapes, by_layer, by_width),
        wrong={
            "multiplications-only": counting(each=1),
            "one-addition-fewer": one_addition_fewer,
            "itself-forgotten": counting(looks=lambda n, d: 2 * n * d),
            "whole-text-read-again": read_again,
            "all-queries-asked-again": counting(looks=lambda n, d: 2 * (n + 1) ** 2 * d),
            "keys-and-values-made-again": counting(maps=lambda n, d: (2 + 2 * (n + 1)) * d * d),
            "scores-or-mixing-forgotten": counting(looks=lambda n, d: (n + 1) * d),
            "attention-forgotten": counting(looks=lambda n, d: 0),
            "map-after-the-heads-forgotten": counting(maps=lambda n, d: 3 * d * d),
            "new-key-and-value-forgotten": counting(maps=lambda n, d: 2 * d * d),
            "maps-forgotten": counting(maps=lambda n, d: 0),
            "one-matrix-in-the-feed-forward-part": counting(thinks=lambda n, d, d_ff: d * d_ff),
            "feed-forward-part-forgotten": counting(thinks=lambda n, d, d_ff: 0),
            "d-ff-taken-as-four-times": counting(thinks=lambda n, d, d_ff: 8 * d * d),
            "one-layer-only": counting(layers=lambda n_layers: 1),
            "fraction-returned": lambda *sizes: float(counting()(*sizes)),
        },
    ),
    "dropout_variance": Answers(
        reference=dropping(),
        also_right=(word_by_word, by_moments, all_cases, by_einsum),
        wrong={
            "not-enlarged": dropping(lambda p: p * (1 - p)),
            "enlarged-once": dropping(lambda p: p),
            "mean-square-kept": dropping(lambda p: 1 / (1 - p)),
            "kept-and-dropped-exchanged": dropping(lambda p: (1 - p) / max(p, 1e-300)),
            "divided-by-the-square": dropping(lambda p: p / (1 - p) ** 2),
            "weights-not-squared": dropping(squares=lambda w, v: w @ v**2),
            "values-not-squared": dropping(squares=lambda w, v: w**2 @ v),
            "mixture-squared": dropping(squares=lambda w, v: (w @ v) ** 2),
            "one-number-for-all-features": dropping(squares=lambda w, v: (w**2 @ v**2).sum()),
            "mean-for-sum": dropping(squares=lambda w, v: (w**2 @ v**2) / len(w)),
            "values-taken-from-their-mean": dropping(squares=lambda w, v: w**2 @ (v - w @ v) ** 2),
            "standard-deviation": root_of_the_variance,
            "spread-of-the-values": spread_of_values,
            "changes-its-input": empties_its_input,
        },
    ),
}
