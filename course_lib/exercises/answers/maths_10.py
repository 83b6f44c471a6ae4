"""Maths 10: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.maths_10 import steps

# layer_norm_vjp -------------------------------------------------------------------------------


def both_means(x, g, x_hat):
    return g - g.mean() - x_hat * (g * x_hat).mean()


def root(c, eps):
    return np.sqrt((c * c).mean() + eps)


def way_back(
    *, spread=root, project=both_means, divide=lambda s: s, hat=None, after=lambda g, x_hat: 0
):
    """Return the way back through the norm, with one of its parts replaced."""

    def layer_norm_vjp(x, grad_output, eps=1e-5):
        x, g = np.asarray(x, dtype=float), np.asarray(grad_output, dtype=float)
        c = x - x.mean()
        s = spread(c, eps)
        x_hat = c / s if hat is None else hat(x, c, s)
        return project(x, g, x_hat) / divide(s) + after(g, x_hat)

    return layer_norm_vjp


def by_the_jacobian(x, grad_output, eps=1e-5):
    d = len(x)
    c = (np.eye(d) - np.full((d, d), 1 / d)) @ x
    variance = c @ c / d
    table = np.eye(d) - 1 / d - np.outer(c, c) / (d * (variance + eps))
    return np.asarray(grad_output) @ table / np.sqrt(variance + eps)


def step_by_step(x, grad_output, eps=1e-5):
    """The chain rule, one step of the forward way at a time, the last one first."""
    x, g = np.asarray(x, dtype=float), np.asarray(grad_output, dtype=float)
    d = len(x)
    c = x - x.sum() / d
    variance = sum(entry**2 for entry in c) / d
    inverse = (variance + eps) ** -0.5
    grad_inverse = sum(a * b for a, b in zip(g, c))
    grad_variance = grad_inverse * -0.5 * (variance + eps) ** -1.5
    grad_c = g * inverse + grad_variance * 2 * c / d
    return grad_c - grad_c.sum() / d


def by_a_complex_step(x, grad_output, eps=1e-5):
    """Nudge each entry by an imaginary number: no difference is taken, so no digit is lost."""
    x, h = np.asarray(x, dtype=complex), 1e-30
    gradient = np.zeros(len(x))
    for j in range(len(x)):
        nudged = x.copy()
        nudged[j] += 1j * h
        c = nudged - nudged.mean()
        gradient[j] = (c / np.sqrt((c * c).mean() + eps) @ grad_output).imag / h
    return gradient


def unbiased_all_the_way(x, grad_output, eps=1e-5):
    x, g = np.asarray(x, dtype=float), np.asarray(grad_output, dtype=float)
    c, s = x - x.mean(), np.sqrt(x.var(ddof=1) + eps)
    return (g - g.mean() - c / s * (g @ c / s) / (len(x) - 1)) / s


def of_the_rms_norm(x, grad_output, eps=1e-5):
    x, g = np.asarray(x, dtype=float), np.asarray(grad_output, dtype=float)
    s = root(x, eps)
    return (g - x / s * (g * x / s).mean()) / s


def own_eps(x, grad_output, eps=1e-5):
    return way_back()(x, grad_output)


def normalises_the_gradient(x, grad_output, eps=1e-5):
    c = np.asarray(grad_output) - np.mean(grad_output)
    return c / root(c, eps)


def runs_forwards(x, grad_output, eps=1e-5):
    c = np.asarray(x) - np.mean(x)
    return c / root(c, eps)


def own_entry_only(x, g, x_hat):
    return g * (1 - 1 / len(g) - x_hat**2 / len(g))


def changes_its_input(x, grad_output, eps=1e-5):
    x -= x.mean()
    return way_back()(x, grad_output, eps)


def turned_round(x, grad_output, eps=1e-5):
    return -way_back()(x, grad_output, eps)


# transformer_layer_parameters -----------------------------------------------------------------


def parts(d_model, d_ff, bias):
    """Return the four counts: attention, feed-forward, the biases of both, the norms."""
    matrices = 4 * d_model * d_model, 2 * d_model * d_ff
    return *matrices, (5 * d_model + d_ff) * bool(bias), 4 * d_model


def counting(change=lambda d, h, f, bias, four: four):
    """Return a count whose four parts may be changed."""

    def transformer_layer_parameters(d_model, n_heads, d_ff, bias=True):
        four = parts(d_model, d_ff, bias)
        return int(sum(change(d_model, n_heads, d_ff, bias, four)))

    return transformer_layer_parameters


def by_shapes(d_model, n_heads, d_ff, bias=True):
    linear = [(d_model, d_model)] * 4 + [(d_model, d_ff), (d_ff, d_model)]
    count = 2 * 2 * d_model
    for rows, columns in linear:
        count += rows * columns + (columns if bias else 0)
    return count


def head_by_head(d_model, n_heads, d_ff, bias=True):
    d_k = d_model // n_heads
    one_head = 3 * (d_model * d_k + bias * d_k)
    attention = n_heads * one_head + n_heads * d_k * d_model + bias * d_model
    hidden = d_ff * (d_model + 1 if bias else d_model)
    return attention + hidden + d_model * (d_ff + 1 if bias else d_ff) + 4 * d_model


def by_width(d_model, n_heads, d_ff, bias=True):
    """Sorted by what one feature costs, and what one hidden number costs."""
    b = int(bias)
    return d_model * (4 * d_model + 5 * b + 4) + d_ff * (2 * d_model + b)


def norms(share):
    return counting(lambda d, h, f, bias, four: (*four[:3], share(d, bias)))


# The bound, the learning rate -----------------------------------------------------------------


def layers_needed(factor, left):
    return math.ceil(math.log(left) / math.log(factor))


def by_multiplying(inputs):
    distance, layers = 1.0, 0
    while distance >= inputs["left"]:
        distance *= 1 - inputs["n"] * inputs["least"]
        layers += 1
    return layers


def rates(inputs, early=lambda share: share, late=lambda times: 1 / math.sqrt(times)):
    """Return both answers in percent, with one of the branches replaced."""
    return [100 * early(inputs["early"] / 100), 100 * late(inputs["late"])]


def by_the_formula(inputs):
    warm_up = inputs["warm_up"]
    return [
        round(100 * min(step**-0.5, step * warm_up**-1.5) / warm_up**-0.5, 2)
        for step in steps(inputs)
    ]


ANSWERS = {
    "layer_norm_vjp": Answers(
        reference=way_back(),
        also_right=(by_the_jacobian, step_by_step, by_a_complex_step),
        wrong={
            "eps-forgotten": way_back(spread=lambda c, eps: root(c, 0)),
            "eps-outside-the-root": way_back(spread=lambda c, eps: root(c, 0) + eps),
            "eps-in-one-place-only": way_back(hat=lambda x, c, s: c / root(c, 0)),
            "eps-argument-ignored": own_eps,
            "unbiased-variance": way_back(
                spread=lambda c, eps: np.sqrt((c @ c) / (len(c) - 1) + eps)
            ),
            "unbiased-variance-all-the-way": unbiased_all_the_way,
            "mean-and-spread-held": way_back(project=lambda x, g, x_hat: g),
            "only-the-mean-removed": way_back(project=lambda x, g, x_hat: g - g.mean()),
            "only-the-direction-of-x-removed": way_back(
                project=lambda x, g, x_hat: g - x_hat * (g * x_hat).mean()
            ),
            "not-divided-by-the-spread": way_back(divide=lambda s: 1.0),
            "divided-by-the-variance": way_back(divide=lambda s: s * s),
            "sum-for-the-mean": way_back(
                project=lambda x, g, x_hat: g - g.mean() - x_hat * (g @ x_hat)
            ),
            "mean-left-undivided": way_back(
                project=lambda x, g, x_hat: g - x_hat * (g * x_hat).mean(),
                after=lambda g, x_hat: -g.mean(),
            ),
            "direction-left-undivided": way_back(
                project=lambda x, g, x_hat: g - g.mean(),
                after=lambda g, x_hat: -x_hat * (g * x_hat).mean(),
            ),
            "multiplied-by-the-spread": way_back(divide=lambda s: 1 / s),
            "centred-for-normalised": way_back(hat=lambda x, c, s: c),
            "way-back-of-the-rms-norm": of_the_rms_norm,
            "added-for-taken-away": way_back(
                project=lambda x, g, x_hat: g - g.mean() + x_hat * (g * x_hat).mean()
            ),
            "x-as-it-came": way_back(project=lambda x, g, x_hat: g - g.mean() - x * (g * x).mean()),
            "own-entry-only": way_back(project=own_entry_only),
            "gradient-normalised": normalises_the_gradient,
            "runs-forwards": runs_forwards,
            "sign-flipped": turned_round,
            "changes-its-input": changes_its_input,
        },
    ),
    "transformer_layer_parameters": Answers(
        reference=counting(),
        also_right=(by_shapes, head_by_head, by_width),
        wrong={
            "biases-forgotten": counting(
                lambda d, h, f, bias, four: (four[0], four[1], 0, four[3])
            ),
            "biases-always-in": counting(
                lambda d, h, f, bias, four: (four[0], four[1], 5 * d + f, four[3])
            ),
            "biases-of-the-feed-forward-part-forgotten": counting(
                lambda d, h, f, bias, four: (four[0], four[1], 4 * d * bias, four[3])
            ),
            "biases-of-the-attention-forgotten": counting(
                lambda d, h, f, bias, four: (four[0], four[1], (d + f) * bias, four[3])
            ),
            "second-bias-as-wide-as-d-ff": counting(
                lambda d, h, f, bias, four: (four[0], four[1], (4 * d + 2 * f) * bias, four[3])
            ),
            "one-number-for-each-bias": counting(
                lambda d, h, f, bias, four: (four[0], four[1], 6 * bias, four[3])
            ),
            "norms-go-with-the-biases": norms(lambda d, bias: 4 * d * bool(bias)),
            "norms-forgotten": norms(lambda d, bias: 0),
            "half-of-the-norms": norms(lambda d, bias: 2 * d),
            "one-gain-for-each-norm": norms(lambda d, bias: 4),
            "norms-lose-their-bias-too": norms(lambda d, bias: 2 * d + 2 * d * bool(bias)),
            "heads-multiply": counting(lambda d, h, f, bias, four: (h * four[0], *four[1:])),
            "heads-multiply-three-maps": counting(
                lambda d, h, f, bias, four: ((3 * h + 1) * d * d, *four[1:])
            ),
            "heads-multiply-maps-and-biases": counting(
                lambda d, h, f, bias, four: (
                    h * four[0],
                    four[1],
                    (4 * h * d + d + f) * bias,
                    four[3],
                )
            ),
            "heads-multiply-three-maps-and-biases": counting(
                lambda d, h, f, bias, four: (
                    (3 * h + 1) * d * d,
                    four[1],
                    (3 * h * d + 2 * d + f) * bias,
                    four[3],
                )
            ),
            "heads-divide": counting(lambda d, h, f, bias, four: (four[0] // h, *four[1:])),
            "map-after-the-heads-forgotten": counting(
                lambda d, h, f, bias, four: (3 * d * d, four[1], (4 * d + f) * bias, four[3])
            ),
            "one-matrix-in-the-feed-forward-part": counting(
                lambda d, h, f, bias, four: (four[0], d * f, (4 * d + f) * bias, four[3])
            ),
            "feed-forward-matrices-counted-once": counting(
                lambda d, h, f, bias, four: (four[0], d * f, *four[2:])
            ),
            "feed-forward-part-forgotten": counting(
                lambda d, h, f, bias, four: (four[0], 0, 4 * d * bias, four[3])
            ),
            "first-bias-as-wide-as-d-model": counting(
                lambda d, h, f, bias, four: (*four[:2], 6 * d * bias, four[3])
            ),
            "d-ff-taken-as-four-times": lambda d_model, n_heads, d_ff, bias=True: counting()(
                d_model, n_heads, 4 * d_model, bias
            ),
            "twelve-squares": lambda d_model, n_heads, d_ff, bias=True: (
                12 * d_model**2 + 13 * d_model
            ),
            "twelve-squares-alone": lambda d_model, n_heads, d_ff, bias=True: 12 * d_model**2,
            "twelve-squares-and-all-or-nothing": lambda d_model, n_heads, d_ff, bias=True: (
                12 * d_model**2 + 13 * d_model * bool(bias)
            ),
            "a-norm-more": norms(lambda d, bias: 6 * d),
            "the-whole-encoder": counting(lambda d, h, f, bias, four: [6 * part for part in four]),
        },
    ),
    "m10_collapse": Answers(
        reference=lambda i: layers_needed(1 - i["n"] * i["least"], i["left"]),
        also_right=(by_multiplying,),
        wrong={
            "smallest-weight-alone": lambda i: layers_needed(1 - i["least"], i["left"]),
            "what-is-shared-kept": lambda i: layers_needed(i["n"] * i["least"], i["left"]),
            "one-layer-too-few": lambda i: layers_needed(1 - i["n"] * i["least"], i["left"]) - 1,
            "same-amount-each-time": lambda i: math.ceil(
                (1 - i["left"]) / (i["n"] * i["least"]) - 1e-9
            ),
        },
    ),
    "m10_warm_up": Answers(
        reference=rates,
        also_right=(by_the_formula,),
        wrong={
            "falls-like-one-over-the-step": lambda i: rates(i, late=lambda times: 1 / times),
            "rises-like-the-root": lambda i: rates(i, early=math.sqrt),
            "stays-at-the-top": lambda i: rates(i, late=lambda times: 1),
            "the-larger-branch": lambda i: rates(
                i, early=lambda share: 1 / math.sqrt(share), late=lambda t: t
            ),
            "in-the-other-order": lambda i: rates(i)[::-1],
            "not-in-percent": lambda i: [share / 100 for share in rates(i)],
        },
    ),
}
