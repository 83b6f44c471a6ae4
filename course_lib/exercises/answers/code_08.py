"""Code 08: what is right, and what tempts."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.code_08 import DISTRACTORS, LINES
from course_lib.positions import rotate, sinusoidal_positions

# Positions by hand ---------------------------------------------------------------------------


def even_only(d_model):
    if d_model % 2:
        raise ValueError(f"d_model must be even; it is {d_model}")


def with_torch(n, d_model):
    if d_model % 2 != 0:
        raise ValueError("d_model should be even, a sine and a cosine for each pair")
    speeds = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    angles = torch.arange(n)[:, None] * speeds
    table = torch.zeros(n, d_model)
    table[:, 0::2], table[:, 1::2] = torch.sin(angles), torch.cos(angles)
    return table


def entry_by_entry(n, d_model):
    even_only(d_model)
    rows = []
    for position in range(n):
        row = []
        for i in range(d_model // 2):
            angle = position / 10000 ** (2 * i / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return rows


def stacked(n, d_model):
    even_only(d_model)
    angles = np.outer(np.arange(n), np.power(10_000.0, -2 * np.arange(d_model // 2) / d_model))
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, d_model)


def as_one_wave(n, d_model):
    even_only(d_model)
    column = np.arange(d_model)
    angles = np.arange(n)[:, None] / 10_000 ** ((column - column % 2) / d_model)
    return np.sin(angles + np.pi / 2 * (column % 2))


def table_of(speeds, *, first=0, even=np.sin, odd=np.cos):
    """Return a function that makes a table from the speeds of its sines and of its cosines."""

    def made(n, d_model):
        even_only(d_model)
        sines, cosines = speeds(np.arange(0, d_model, 2), d_model)
        places = np.arange(first, n + first)[:, None]
        table = np.empty((n, d_model))
        table[:, 0::2], table[:, 1::2] = even(places * sines), odd(places * cosines)
        return table

    return made


def a_pair(power):
    """Return the speeds of a table whose sine and cosine have one exponent, power(even, d)."""
    return lambda even, d: (10_000.0 ** -power(even, d),) * 2


def halves(n, d_model):
    table = stacked(n, d_model)
    return np.concatenate([table[:, 0::2], table[:, 1::2]], axis=1)


def cut_short(n, d_model):
    """Right where d_model is even; an odd one gets an error of its own."""
    pairs = d_model - d_model // 2
    speeds = 10_000.0 ** (-2 * np.arange(pairs) / d_model)
    table = np.empty((n, d_model))
    table[:, 0::2] = np.sin(np.arange(n)[:, None] * speeds)
    table[:, 1::2] = np.cos(np.arange(n)[:, None] * speeds[: d_model // 2])
    return table


# A sequence that asks itself -----------------------------------------------------------------


class Plain:
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __call__(self, x, w_q, w_k, w_v, mask=None):
        q, k, v = self.project(x, w_q, w_k, w_v)
        return self.attend(q, k, v, mask)

    def project(self, x, w_q, w_k, w_v):
        return x @ w_q, x @ w_k, x @ w_v

    def attend(self, q, k, v, mask):
        weights = self.share(self.hide(self.score(q, k), mask))
        return self.mix(weights, v), weights

    def score(self, q, k):
        return q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])

    def hide(self, scores, mask):
        return scores if mask is None else scores.masked_fill(~mask, -math.inf)

    def share(self, scores):
        return torch.softmax(scores, dim=-1)

    def mix(self, weights, v):
        return weights @ v


def but(**methods):
    """Return Plain with other methods, as a function."""
    return type("SelfAttention", (Plain,), methods)()


def with_einsum(x, w_q, w_k, w_v, mask=None):
    q, k, v = (torch.einsum("bnd,dk->bnk", x, w) for w in (w_q, w_k, w_v))
    scores = torch.einsum("bqd,bkd->bqk", q, k) * k.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.full((), -1e9, dtype=scores.dtype))
    weights = F.softmax(scores, dim=2)
    return torch.einsum("bqk,bkd->bqd", weights, v), weights


def sentence_by_sentence(x, w_q, w_k, w_v, mask=None):
    found = []
    for b, sentence in enumerate(x):
        scores = (sentence @ w_q / math.sqrt(w_k.shape[1])) @ (sentence @ w_k).T
        if mask is not None:
            seen = mask if mask.ndim == 2 else mask[b]
            scores = scores + torch.zeros_like(scores).masked_fill(~seen, -math.inf)
        raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
        weights = raised / raised.sum(dim=-1, keepdim=True)
        found.append((weights @ (sentence @ w_v), weights))
    return tuple(torch.stack(each) for each in zip(*found, strict=True))


def in_one_product(x, w_q, w_k, w_v, mask=None):
    q, k, v = (x @ torch.cat([w_q, w_k, w_v], dim=1)).chunk(3, dim=-1)
    scores = torch.bmm(q, k.mT) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1)
    return [torch.bmm(weights, v), weights]


def wide_scaled(x, w_q):
    """Return queries whose scores end up divided by the root of d_model, not of d_k."""
    return x @ w_q * math.sqrt(w_q.shape[1] / x.shape[-1])


def with_places(self, x, w_q, w_k, w_v):
    places = torch.tensor(sinusoidal_positions(x.shape[1], x.shape[2]), dtype=x.dtype)
    return Plain.project(self, x + places, w_q, w_k, w_v)


def pooled(self, q, k, v, mask):
    output, weights = Plain.attend(self, q, k, v, mask)
    return output.mean(dim=1, keepdim=True).expand_as(output), weights


def across_the_batch(self, q, k, v, mask):
    q, k, v = (each.transpose(0, 1) for each in (q, k, v))  # (n, B, d_k)
    output, weights = Plain.attend(self, q, k, v, mask)
    return output.transpose(0, 1), weights


def all_in_one(self, q, k, v, mask):
    q, k, v = (each.flatten(0, 1)[None] for each in (q, k, v))  # (1, B n, d_k)
    output, weights = Plain.attend(self, q, k, v, None)
    return output[0], weights[0]


def all_in_one_unflattened(self, q, k, v, mask):
    shape = q.shape
    output, weights = all_in_one(self, q, k, v, mask)
    return output.reshape(shape), weights.reshape(*shape[:2], -1)


def reversed_mask(self, scores, mask):
    return scores if mask is None else scores.masked_fill(mask, -math.inf)


def zeroed_scores(self, scores, mask):
    return scores if mask is None else scores.masked_fill(~mask, 0)


def zeroed_weights(self, q, k, v, mask):
    weights = self.share(self.score(q, k))
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


# Words that all stand in the same place ------------------------------------------------------


def as_many_as_words(x, table):
    return x + table[: x.shape[1]]


def by_lookup(x, table):
    places = torch.arange(x.shape[1]).expand(len(x), -1)  # (B, n)
    return x + F.embedding(places, table)


def word_by_word(x, table):
    words = [x[:, place] + table[place] for place in range(x.shape[1])]
    return torch.stack(words, dim=1)


def with_the_old_table(x, table):
    table = table.unsqueeze(1)  # (longest, 1, d_model)
    return x + table[: x.size(1)].transpose(0, 1)


def counted_on(x, table):
    return x + table[: x.shape[0] * x.shape[1]].view_as(x)


def added_in_place(x, table):
    x += table[: x.shape[1]]
    return x


def side_by_side(x, table):
    return torch.cat([x, table[: x.shape[1]].expand(len(x), -1, -1)], dim=-1)


# The order of rotary attention ---------------------------------------------------------------

in_order = ordering.by_place((*LINES, *DISTRACTORS))
torch.sin(torch.tensor(0.0)), rotate(np.ones((2, 2)))  # their first calls are slow


SELF = "code/08_self_attention: What if the words of one sentence ask each other?"
ORDER = "code/08_self_attention: The words stand in order. Where is the order lost?"
PLACE = "code/08_self_attention: How do you tell a word where it stands?"
ADD = "code/08_self_attention: Where are positions added, and does that spoil the words?"
HALVES = "code/08_self_attention: Sine and cosine interleaved, or in two halves?"
ROTARY = "code/08_self_attention: What if queries and keys are turned instead?"
SENTENCES = "code/08_self_attention: Why did changing sentence 2 change sentence 1?"
LIBRARY = "code/08_self_attention: What does the library's version look like?"
SOURCE = "code/06_attention_layer: Where do queries, keys and values come from?"
ONE = "code/06_attention_layer: What if W_Q and W_K are one matrix?"
MASKS = "code/05_matrix_form: Which of these masks are wrong?"
READ = "code/05_matrix_form: How do I read the table of weights?"
LONGER = "code/04_scaling: What happens to the scores when the keys get longer?"
AXIS = "code/02_softmax: Who shares the 100 %?"

ANSWERS = {
    "sinusoidal_positions": Answers(
        reference=sinusoidal_positions,
        also_right=(with_torch, entry_by_entry, stacked, as_one_wave),
        misconceptions=(
            Misconception(
                "exponent-doubled",
                table_of(a_pair(lambda even, d: 2 * even / d)),
                "In the paper i is the number of the pair. What does your i count, and by how "
                "much does it grow from one pair to the next?",
                PLACE,
            ),
            Misconception(
                "exponent-halved",
                table_of(a_pair(lambda even, d: even / 2 / d)),
                "Print your exponents for d_model = 8. Where in the range from 0 to 1 does the "
                "last of four pairs stand?",
                PLACE,
            ),
            Misconception(
                "a-speed-for-each-column",
                table_of(lambda even, d: (10_000.0 ** (-even / d), 10_000.0 ** (-(even + 1) / d))),
                "Take one sine and the cosine beside it: square both and add. Do the two belong to "
                "one hand?",
                PLACE,
            ),
            Misconception(
                "faster-and-faster",
                table_of(a_pair(lambda even, d: -even / d)),
                "How many words does your last hand take for one turn, and your first?",
                PLACE,
            ),
            Misconception(
                "one-speed",
                table_of(a_pair(lambda even, d: 0 * even)),
                "Position 0 and position 44 (seven turns of the first hand, nearly): which column "
                "tells them apart?",
                PLACE,
            ),
            Misconception(
                "two-halves",
                halves,
                "Which columns hold your sines? Read the contract once more.",
                HALVES,
            ),
            Misconception(
                "cosine-first",
                table_of(a_pair(lambda even, d: even / d), even=np.cos, odd=np.sin),
                "Where do your hands point at position 0, and what stands in column 0?",
                PLACE,
            ),
            Misconception(
                "sines-only",
                table_of(a_pair(lambda even, d: even / d), odd=np.sin),
                "A sine passes each height twice a turn. Which number tells the two apart?",
                PLACE,
            ),
            Misconception(
                "counted-from-one",
                table_of(a_pair(lambda even, d: even / d), first=1),
                "What is the angle of the first word?",
                PLACE,
            ),
            Misconception(
                "turned-on-its-side",
                lambda n, d_model: stacked(n, d_model).T,
                "Rows are words. How many rows should a text of n words have?",
                PLACE,
            ),
            Misconception(
                "odd-width-let-through",
                cut_short,
                "Count the sines and the cosines of an odd width.",
                LIBRARY,
            ),
        ),
    ),
    "self_attention": Answers(
        reference=Plain(),
        also_right=(with_einsum, sentence_by_sentence, in_one_product),
        misconceptions=(
            Misconception(
                "invariant",
                but(attend=pooled),
                "Swap two words: is each word's own output the same, or the table as a whole?",
                ORDER,
            ),
            Misconception(
                "places-added-inside",
                but(project=with_places),
                "How many layers will call your function? How often should a place be added?",
                ADD,
            ),
            Misconception(
                "across-the-batch",
                but(attend=across_the_batch),
                "Change sentence 2. Did the output of sentence 1 change?",
                SENTENCES,
            ),
            Misconception(
                "all-sentences-in-one",
                but(attend=all_in_one_unflattened),
                "Over how many words does one row of your weights run? How many has a sentence?",
                SENTENCES,
            ),
            Misconception(
                "wrong-axis",
                but(share=lambda self, scores: torch.softmax(scores, dim=-2)),
                "Who shares the 100 %: the words that are asked, or those that ask?",
                AXIS,
            ),
            Misconception(
                "not-scaled",
                but(score=lambda self, q, k: q @ k.transpose(-1, -2)),
                "Double the width of your keys in mind. What happens to the size of the scores?",
                LONGER,
            ),
            Misconception(
                "scaled-by-the-words",
                but(project=lambda self, x, w_q, w_k, w_v: (wide_scaled(x, w_q), x @ w_k, x @ w_v)),
                "How many products are added up in one score? Is that the width of your x?",
                LONGER,
            ),
            Misconception(
                "keys-ask",
                but(project=lambda self, x, w_q, w_k, w_v: (x @ w_k, x @ w_k, x @ w_v)),
                "Count the matrices that take part in your scores.",
                ONE,
            ),
            Misconception(
                "roles-swapped",
                but(project=lambda self, x, w_q, w_k, w_v: (x @ w_k, x @ w_q, x @ w_v)),
                "A row of the weights belongs to the word that asks. Which matrix makes questions?",
                READ,
            ),
            Misconception(
                "keys-handed-over",
                but(project=lambda self, x, w_q, w_k, w_v: (x @ w_q, x @ w_k, x @ w_k)),
                "Count the matrices that take part in your output.",
                SOURCE,
            ),
            Misconception(
                "words-handed-over",
                but(project=lambda self, x, w_q, w_k, w_v: (x @ w_q, x @ w_k, x)),
                "How wide is your output? Which of the three views is handed over?",
                SOURCE,
            ),
            Misconception(
                "asked-mix-askers",
                but(mix=lambda self, weights, v: weights.transpose(-1, -2) @ v),
                "Which axis of the weights should meet the rows of the values?",
                READ,
            ),
            Misconception(
                "mask-ignored",
                but(hide=lambda self, scores, mask: scores),
                "Call your function with a mask and without. What changes?",
                MASKS,
            ),
            Misconception(
                "mask-reversed",
                but(hide=reversed_mask),
                "True means: may look. Read your weights where the mask is True.",
                MASKS,
            ),
            Misconception(
                "scores-zeroed",
                but(hide=zeroed_scores),
                "A hidden word gets the score 0. Which share does softmax make of that?",
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
                SELF,
            ),
            Misconception(
                "wrong-order",
                but(attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[::-1]),
                "You return two things. Which is due first?",
                SELF,
            ),
        ),
    ),
    "bug_08_same_place": Answers(
        reference=as_many_as_words,
        also_right=(by_lookup, word_by_word, with_the_old_table),
        misconceptions=(
            Misconception(
                "sentences-numbered",
                lambda x, table: x + table[: len(x), None],
                "Are words 0 and 1 given different vectors within one sentence? Which axis of x "
                "did you count?",
                ADD,
            ),
            Misconception(
                "one-row-for-all",
                lambda x, table: x + table[x.shape[1]],
                "How many rows of the table did you add? How many words are there?",
                ADD,
            ),
            Misconception(
                "counted-on",
                counted_on,
                "At which position does the second sentence of your batch begin?",
                ADD,
            ),
            Misconception(
                "first-row-skipped",
                lambda x, table: x + table[1 : x.shape[1] + 1],
                "Which row of the table belongs to the first word?",
                PLACE,
            ),
            Misconception(
                "added-twice",
                lambda x, table: x + table[: x.shape[1]] + table[: x.shape[1]],
                "How often does the table appear between what comes in and what you return?",
                ADD,
            ),
            Misconception(
                "multiplied",
                lambda x, table: x * table[: x.shape[1]],
                "What becomes of a word whose entries are zero?",
                ADD,
            ),
            Misconception(
                "side-by-side",
                side_by_side,
                "How wide is what you return? The next layer expects d_model numbers.",
                ADD,
            ),
            Misconception(
                "words-lost",
                lambda x, table: table[: x.shape[1]].expand_as(x),
                "Two different sentences of five words: does your result tell them apart?",
                ADD,
            ),
            Misconception(
                "added-in-place",
                added_in_place,
                "Call your function twice with the same x. What comes back the second time?",
                ADD,
            ),
        ),
    ),
    "order_08_rotary": Answers(
        reference=in_order(0, 1, 2, 3, 4, 5),
        also_right=(
            in_order(0, 1, 2, 3, 4, 5, spell=ordering.run_together),
            in_order(0, 1, 2, 3, 4, 5, spell=str.split),
        ),
        misconceptions=(
            Misconception(
                "values-turned",
                in_order(0, 6, 2, 3, 4, 5),
                "Which two of the three meet in a score? What is handed over should not depend on "
                "where it was found.",
                ROTARY,
            ),
            Misconception(
                "turned-too-late",
                in_order(0, 2, 1, 3, 4, 5),
                "When your queries and keys are turned, who still reads them?",
                ROTARY,
            ),
            Misconception(
                "turned-before-it-exists",
                in_order(1, 0, 2, 3, 4, 5),
                "Which line makes the queries and keys that are to be turned?",
                SELF,
            ),
            Misconception(
                "mixed-before-shared",
                in_order(0, 1, 2, 4, 3, 5),
                "With which numbers are the values mixed, and which line makes them?",
                SELF,
            ),
            Misconception(
                "returns-at-once",
                in_order(5, 0, 1, 2, 3, 4),
                "What can be returned before anything was computed?",
                SELF,
            ),
        ),
    ),
}
