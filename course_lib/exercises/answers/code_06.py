"""Code 06: what is right, and what tempts."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from course_lib import layers
from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.code_06 import DISTRACTORS, LINES

# At its first call this loads some 500 modules: here, and not within a probe's time limit.
torch.broadcast_shapes((1,), (1,))


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_q = nn.Linear(d_query, d_k, bias=False)
        self.w_k = nn.Linear(d_key_value, d_k, bias=False)
        self.w_v = nn.Linear(d_key_value, d_v, bias=False)

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.project(x_query, x_key_value)
        return self.attend(q, k, v, mask)

    def project(self, x_query, x_key_value):
        return self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value)

    def attend(self, q, k, v, mask):
        weights = self.share(self.hide(self.score(q, k), mask))
        return self.mix(weights, k, v, mask), weights

    def score(self, q, k):
        return q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])

    def hide(self, scores, mask):
        return scores if mask is None else scores.masked_fill(~mask, -math.inf)

    def share(self, scores):
        return torch.softmax(scores, dim=-1)

    def mix(self, weights, k, v, mask):
        return weights @ v


def but(**methods):
    """Return Plain with other methods."""
    return type("AttentionLayer", (Plain,), methods)


class WithBiasAndEinsum(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_v = nn.Linear(d_key_value, d_v)
        self.w_k = nn.Linear(d_key_value, d_k)
        self.w_q = nn.Linear(d_query, d_k)
        self.d_k = d_k

    def forward(self, x_query, x_key_value, mask=None):
        scores = torch.einsum("bqd,bkd->bqk", self.w_q(x_query), self.w_k(x_key_value))
        scores = scores * self.d_k**-0.5
        if mask is not None:
            scores = torch.where(mask, scores, torch.tensor(-1e9, dtype=scores.dtype))
        weights = F.softmax(scores, dim=2)
        return torch.einsum("bqk,bkv->bqv", weights, self.w_v(x_key_value)), weights


class ScaledQueryAndSum(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.add_module("w_k", nn.Linear(d_key_value, d_k, bias=False))
        self.add_module("w_q", nn.Linear(d_query, d_k, bias=True))
        self.add_module("w_v", nn.Linear(d_key_value, d_v, bias=False))

    def forward(self, x_query, x_key_value, mask=None):
        q = self.w_q(x_query) / math.sqrt(self.w_q.out_features)
        scores = (q[:, :, None, :] * self.w_k(x_key_value)[:, None, :, :]).sum(dim=-1)
        if mask is not None:
            scores = scores + torch.zeros_like(scores).masked_fill(~mask, -math.inf)
        raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
        weights = raised / raised.sum(dim=-1, keepdim=True)
        return [torch.bmm(weights, self.w_v(x_key_value)), weights]


class QueryByQuery(Plain):
    def attend(self, q, k, v, mask):
        rows = []
        for j in range(q.shape[1]):
            scores = (k @ q[:, j, :, None])[..., 0] / k.shape[-1] ** 0.5
            if mask is not None:
                row = mask[..., j, :] if mask.shape[-2] > 1 else mask[..., 0, :]
                scores = scores.masked_fill(row.logical_not(), float("-inf"))
            rows.append(scores.softmax(-1))
        weights = torch.stack(rows, dim=1)
        return weights.matmul(v), weights


def starting(change):
    """Return Plain, with something done to the layer once it is built."""

    def __init__(self, *sizes):
        Plain.__init__(self, *sizes)
        change(self, *sizes)

    return but(__init__=__init__)


def zero_start(self, *sizes):
    nn.init.zeros_(self.w_q.weight)
    nn.init.zeros_(self.w_k.weight)


def one_matrix(self, *sizes):
    self.w_k = self.w_q


def one_more(self, d_query, d_key_value, d_k, d_v):
    self.w_o = nn.Linear(d_v, d_v, bias=False)


def turned_round(self, d_query, d_key_value, d_k, d_v):
    self.w_q = nn.Linear(d_k, d_query, bias=False)
    self.w_k = nn.Linear(d_k, d_key_value, bias=False)
    self.w_v = nn.Linear(d_v, d_key_value, bias=False)


def key_as_wide_as_query(self, d_query, d_key_value, d_k, d_v):
    self.w_k = nn.Linear(d_query, d_k, bias=False)


class NoSuper(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        self.w_q = nn.Linear(d_query, d_k, bias=False)


class InAList(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        nn.Module.__init__(self)
        self.maps = [
            nn.Linear(d_query, d_k, bias=False),
            nn.Linear(d_key_value, d_k, bias=False),
            nn.Linear(d_key_value, d_v, bias=False),
        ]

    def project(self, x_query, x_key_value):
        return self.maps[0](x_query), self.maps[1](x_key_value), self.maps[2](x_key_value)


class NotProjected(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        nn.Module.__init__(self)

    def project(self, x_query, x_key_value):
        return x_query, x_key_value, x_key_value


def without_gradient(self, x_query, x_key_value, mask=None):
    with torch.no_grad():
        return Plain.forward(self, x_query, x_key_value, mask)


def scored_by(scale):
    return but(score=lambda self, q, k: q @ k.transpose(-1, -2) * scale(k.shape[-1]))


def scaled_by_input_width(self, q, k):
    return q @ k.transpose(-1, -2) / math.sqrt(self.w_q.in_features)


def best_only(self, scores):
    return F.one_hot(scores.argmax(dim=-1), scores.shape[-1]).to(scores.dtype)


def multiplied(self, scores, mask):
    return scores if mask is None else scores * mask


def reversed_mask(self, scores, mask):
    return scores if mask is None else scores.masked_fill(mask, -math.inf)


def zeroed_weights(self, q, k, v, mask):
    weights = torch.softmax(self.score(q, k), dim=-1)
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


def swapped_sides(self, x_query, x_key_value):
    return self.w_q(x_key_value), self.w_k(x_query), self.w_v(x_query)


def values_of_the_asker(self, x_query, x_key_value):
    return self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_query)


def by_the_stored_matrix(self, x_query, x_key_value):
    return (
        x_query @ self.w_q.weight, x_key_value @ self.w_k.weight, x_key_value @ self.w_v.weight
    )  # fmt: skip


FROM_X = "code/06_attention_layer: Where do queries, keys and values come from?"
TORCH = "code/06_attention_layer: What does torch add to NumPy?"
LAYER = "code/06_attention_layer: How do three matrices become a layer?"
COUNT = "code/06_attention_layer: How many numbers does it learn?"
LEARN = "code/06_attention_layer: Nobody says where to look. How does it learn?"
ZERO = "code/06_attention_layer: What if W_Q and W_K start at zero?"
ONE = "code/06_attention_layer: What if W_Q and W_K are one matrix?"
MISTAKES = "code/06_attention_layer: Which mistakes wait here?"
WIDER = "code/04_scaling: What happens to the scores when the keys get longer?"
ROOT = "code/04_scaling: Why the square root, and not d_k itself?"
WHICH = "code/04_scaling: The d_k of what?"
WINNER = "code/04_scaling: What is so bad about one clear winner?"
MASKS = "code/05_matrix_form: Which of these masks are wrong?"
BATCH = "code/05_matrix_form: What does a batch change?"
AXIS = "code/02_softmax: Who shares the 100 %?"


# The layer that sees a cross -----------------------------------------------------------------


def small(rows, columns):
    return torch.randn(rows, columns) / math.sqrt(columns)


def with_starts(w_q, w_k, w_v):
    """Return a function that starts a layer with these matrices (functions of the sizes)."""

    def start(d_model, d_k, d_v):
        layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
        layer.w_q.weight = nn.Parameter(w_q(d_k, d_model))
        layer.w_k.weight = nn.Parameter(w_k(d_k, d_model))
        layer.w_v.weight = nn.Parameter(w_v(d_v, d_model))
        return layer

    return start


def as_given(d_model, d_k, d_v):
    layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
    start = small(d_k, d_model)
    layer.w_q.weight = nn.Parameter(start)
    layer.w_k.weight = nn.Parameter(start)
    layer.w_v.weight = nn.Parameter(small(d_v, d_model))
    return layer


def cloned(d_model, d_k, d_v):
    """Equal starts are no harm: queries and keys play different parts, so they soon differ."""
    layer = as_given(d_model, d_k, d_v)
    layer.w_k.weight = nn.Parameter(layer.w_q.weight.detach().clone())
    return layer


def torchs_own_start(d_model, d_k, d_v):
    return layers.AttentionLayer(d_model, d_model, d_k, d_v)


def drawn_in_place(d_model, d_k, d_v):
    layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
    for part in (layer.w_q, layer.w_k, layer.w_v):
        nn.init.normal_(part.weight, std=d_model**-0.5)
    return layer


# The order of a training step ----------------------------------------------------------------


in_order = ordering.by_place((*LINES, *DISTRACTORS))


ANSWERS = {
    "AttentionLayer": Answers(
        reference=layers.AttentionLayer,
        also_right=(Plain, WithBiasAndEinsum, ScaledQueryAndSum, QueryByQuery),
        misconceptions=(
            Misconception(
                "zero-start",
                starting(zero_start),
                "Look at the gradient of each matrix after one step. Who is waiting for whom?",
                ZERO,
            ),
            Misconception(
                "one-matrix-for-both",
                starting(one_matrix),
                "Change one entry of w_q. Does w_k notice?",
                ONE,
            ),
            Misconception(
                "keys-mixed",
                but(mix=lambda self, weights, k, v, mask: weights @ k),
                "Count how many different matrices take part between input and output.",
                MISTAKES,
            ),
            Misconception(
                "not-projected",
                NotProjected,
                "How many numbers can your layer learn? Count them by machine.",
                COUNT,
            ),
            Misconception(
                "parts-in-a-list",
                InAList,
                "Count the parameters by hand and by machine. Where does torch look for parts?",
                MISTAKES,
            ),
            Misconception(
                "projected-again",
                but(
                    __init__=starting(one_more).__init__,
                    mix=lambda self, weights, k, v, mask: self.w_o(weights @ v),
                ),
                "Who already owns a matrix here? Count the parameters by hand and by machine.",
                COUNT,
            ),
            Misconception(
                "super-forgotten",
                NoSuper,
                "Which line must run before a module can be given parts?",
                LAYER,
            ),
            Misconception(
                "in-and-out-swapped",
                starting(turned_round),
                "nn.Linear is told two widths. Which of them comes in, and which goes out?",
                TORCH,
            ),
            Misconception(
                "key-width-of-the-asker",
                starting(key_as_wide_as_query),
                "Who is looked at, and how wide is that? Asker and asked may differ.",
                LAYER,
            ),
            Misconception(
                "stored-matrix-not-turned",
                but(project=by_the_stored_matrix),
                "How does nn.Linear store its matrix: (in, out) or (out, in)?",
                TORCH,
            ),
            Misconception(
                "sides-swapped",
                but(project=swapped_sides),
                "Two things come in. Which of them asks, and which is asked?",
                LAYER,
            ),
            Misconception(
                "values-of-the-asker",
                but(project=values_of_the_asker),
                "What the asker takes home: whose is it, its own or that of those it looks at?",
                LAYER,
            ),
            Misconception(
                "no-gradient",
                but(forward=without_gradient),
                "Does your output remember how it was computed? Look at output.requires_grad.",
                TORCH,
            ),
            Misconception(
                "unscaled",
                scored_by(lambda d_k: 1.0),
                "How widely do your scores spread when a key has 64 numbers, and when it has 4?",
                WIDER,
            ),
            Misconception(
                "divided-by-d-k",
                scored_by(lambda d_k: 1 / d_k),
                "Measure the spread of your scores for two widths of a key. Does it stay near 1?",
                ROOT,
            ),
            Misconception(
                "multiplied-by-root",
                scored_by(math.sqrt),
                "With wider keys, should the scores be made louder or quieter?",
                ROOT,
            ),
            Misconception(
                "scaled-by-the-input-width",
                but(score=scaled_by_input_width),
                "Over how many products does one score sum? That is the width that counts.",
                WHICH,
            ),
            Misconception(
                "root-of-number-of-items",
                but(score=lambda self, q, k: q @ k.transpose(-1, -2) / math.sqrt(k.shape[1])),
                "If ten more items come in, should the score of the first one change?",
                WHICH,
            ),
            Misconception(
                "all-axes-turned",
                but(score=lambda self, q, k: q @ k.permute(2, 1, 0) / math.sqrt(k.shape[-1])),
                "Print the shapes of q, of k, and of k turned round. Which two axes should swap?",
                BATCH,
            ),
            Misconception(
                "best-only",
                but(share=best_only),
                "Move one matrix a hair. Does any of your weights move a hair?",
                WINNER,
            ),
            Misconception(
                "wrong-axis",
                but(share=lambda self, scores: torch.softmax(scores, dim=-2)),
                "Who shares the 100 %: the keys that one query looks at, or the queries?",
                AXIS,
            ),
            Misconception(
                "shared-across-the-batch",
                but(share=lambda self, scores: torch.softmax(scores, dim=0)),
                "Does the answer to one sequence change when another joins the batch?",
                BATCH,
            ),
            Misconception(
                "mask-ignored",
                but(hide=lambda self, scores, mask: scores),
                "Call your layer with a mask and without. What changes?",
                MASKS,
            ),
            Misconception(
                "mask-reversed",
                but(hide=reversed_mask),
                "True means: may look. Read your weights where the mask is True.",
                MASKS,
            ),
            Misconception(
                "mask-multiplies-scores",
                but(hide=multiplied),
                "Is a score of 0 a small score? What is exp(0)?",
                MASKS,
            ),
            Misconception(
                "mask-added",
                but(hide=lambda self, scores, mask: scores if mask is None else scores + mask),
                "Adding what number to a score makes its exponential vanish?",
                MASKS,
            ),
            Misconception(
                "weights-zeroed",
                but(attend=zeroed_weights),
                "Add up each row of your weights, with the mask in place.",
                MASKS,
            ),
            Misconception(
                "output-only",
                but(attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[0]),
                "Who asks for the answer also wants to know who was looked at, and how much.",
                LAYER,
            ),
            Misconception(
                "wrong-order",
                but(attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[::-1]),
                "You return two things. Which is due first?",
                LAYER,
            ),
        ),
    ),
    "bug_06_cross": Answers(
        reference=with_starts(small, small, small),
        also_right=(cloned, torchs_own_start, drawn_in_place),
        misconceptions=(
            Misconception(
                "still-one-array",
                as_given,
                "Two names, nn.Parameter twice: and how many arrays of numbers?",
                ONE,
            ),
            Misconception(
                "zero-start",
                with_starts(torch.zeros, torch.zeros, small),
                "Look at the gradient of each matrix after one step. Who is waiting for whom?",
                ZERO,
            ),
            Misconception(
                "loud-start",
                with_starts(torch.randn, torch.randn, torch.randn),
                "How large are a query's numbers when a dozen products of size 1 are summed?",
                WIDER,
            ),
        ),
    ),
    "order_06_step": Answers(
        reference=in_order(0, 1, 2, 3, 4, 5),
        also_right=(
            in_order(2, 0, 1, 3, 4, 5),
            in_order(0, 2, 1, 3, 4, 5, spell=ordering.run_together),
            in_order(0, 1, 3, 4, 2, 5, spell=str.split),
        ),
        misconceptions=(
            Misconception(
                "no-gradient-at-the-step",
                in_order(0, 1, 3, 2, 4, 5),
                "At the moment of the step, are there gradients? Which line makes them, and which "
                "throws them away?",
                LEARN,
            ),
            Misconception(
                "attention-labelled",
                in_order(0, 2, 6, 3, 4, 5),
                "Who would write down the right attention of a real text?",
                LEARN,
            ),
            Misconception(
                "gradients-pile-up",
                in_order(0, 6, 1, 3, 4, 5),
                "New gradients are added to old ones. Which line takes the old ones away?",
                LEARN,
            ),
            Misconception(
                "steps-with-old-gradients",
                in_order(4, 0, 2, 1, 3, 5),
                "Which gradients does your step follow: those of this batch, or of the one before?",
                LEARN,
            ),
            Misconception(
                "no-step",
                in_order(0, 6, 1, 2, 3, 5),
                "Which line changes the numbers of the layer? Is it among yours?",
                LEARN,
            ),
            Misconception(
                "loss-before-output",
                in_order(1, 0, 2, 3, 4, 5),
                "Which names does that line read, and which line makes them?",
                LEARN,
            ),
            Misconception(
                "returns-at-once",
                in_order(5, 0, 1, 2, 3, 4),
                "What can be returned before anything was computed?",
                LEARN,
            ),
        ),
    ),
}
