"""Code 03: what is right, and what tempts."""

import math

import numpy as np

from course_lib.attention import attend
from course_lib.exercises.declare import Answers, Misconception
from course_lib.softmax import softmax


def reference(query, keys, values):
    return attend(query, keys, values, scale=1)


def by_loop(query, keys, values):
    scores = [sum(float(a) * float(b) for a, b in zip(query, key, strict=True)) for key in keys]
    raised = [math.exp(score - max(scores)) for score in scores]
    weights = np.array(raised) / sum(raised)
    output = np.zeros(values.shape[1])
    for weight, value in zip(weights, values, strict=True):
        output += weight * value
    return output, weights


def by_einsum(query, keys, values):
    weights = softmax(np.einsum("d,nd->n", query, keys))
    return np.einsum("n,nv->v", weights, values), weights


def by_broadcasting(query, keys, values):
    weights = softmax((keys * query).sum(axis=1))
    return [(weights[:, None] * values).sum(axis=0), weights]


def without_maximum(query, keys, values):
    raised = np.exp(keys @ query)
    weights = raised / raised.sum()
    return weights @ values, weights


def without_exp(query, keys, values):
    scores = keys @ query
    weights = scores / scores.sum()
    return weights @ values, weights


def best_only(query, keys, values):
    weights = np.zeros(len(keys))
    weights[np.argmax(keys @ query)] = 1
    return weights @ values, weights


def whole_numbers(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros_like(values[0])
    for j in range(values.shape[1]):
        output[j] = (weights * values[:, j]).sum()
    return output, weights


def whole_numbers_added(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros_like(values[0])
    for weight, value in zip(weights, values, strict=True):
        output += weight * value
    return output, weights


def three_wide(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros(3)
    for weight, value in zip(weights, values, strict=True):
        output = output + weight * value
    return output, weights


def mixed_by(mix):
    """Return an answer with the right weights, and another mixture."""

    def answer(query, keys, values):
        weights = softmax(keys @ query)
        return mix(weights, keys, values), weights

    return answer


def scored_by(score):
    """Return an answer with other scores; what follows them is right."""

    def answer(query, keys, values):
        weights = softmax(score(query, keys))
        return weights @ values, weights

    return answer


def values_scored(query, keys, values):
    weights = softmax(values @ query)
    return weights @ values, weights


def cosines(query, keys):
    lengths = np.linalg.norm(keys, axis=1) * np.linalg.norm(query)
    return keys @ query / np.where(lengths == 0, 1, lengths)


ROLES = "code/03_lookup: What are query, key and value?"
SOFT = "code/03_lookup: How can a lookup answer when no key matches exactly?"
TABLES = "code/03_lookup: Which of the two tables do the weights multiply?"
HARD = "code/03_lookup: Why not hand over the best match alone?"
BREAK = "code/03_lookup: What breaks without an error?"
MISTAKES = "code/03_lookup: Which mistakes wait here?"
STABLE = "code/02_softmax: What is exp(1000) on this machine?"
DIVIDE = "code/02_softmax: Why not divide each score by the sum?"
DIRECTION = "code/01_similarity: How do I compare directions alone?"

ANSWERS = {
    "lookup": Answers(
        reference=reference,
        also_right=(by_loop, by_einsum, by_broadcasting),
        misconceptions=(
            Misconception(
                "keys-mixed",
                mixed_by(lambda weights, keys, values: weights @ keys),
                "Which of the two tables holds what you want to take home?",
                TABLES,
            ),
            Misconception(
                "weights-meet-features",
                mixed_by(lambda weights, keys, values: (weights * values).sum(axis=0)),
                "Does weight number 2 multiply item number 2, or feature number 2?",
                BREAK,
            ),
            Misconception(
                "summed-over-features",
                mixed_by(lambda weights, keys, values: (weights[:, None] * values).sum(axis=1)),
                "How wide is your output, and how wide is a value? Along which axis did you add?",
                SOFT,
            ),
            Misconception(
                "not-summed",
                mixed_by(lambda weights, keys, values: weights[:, None] * values),
                "You have one row for each item. How many answers did the query ask for?",
                SOFT,
            ),
            Misconception(
                "best-only",
                best_only,
                "Move the query a hair. Does your answer move a hair?",
                HARD,
            ),
            Misconception(
                "best-value",
                mixed_by(lambda weights, keys, values: values[np.argmax(weights)]),
                "Change the query a little. Does your output move?",
                HARD,
            ),
            Misconception(
                "plain-mean",
                mixed_by(lambda weights, keys, values: values.mean(axis=0)),
                "Change the query. What changes in your output?",
                MISTAKES,
            ),
            Misconception(
                "divided-again",
                mixed_by(lambda weights, keys, values: (weights @ values) / len(keys)),
                "The weights sum to 1 already. What is your further division for?",
                SOFT,
            ),
            Misconception(
                "scores-mix",
                lambda query, keys, values: ((keys @ query) @ values, softmax(keys @ query)),
                "You have scores and you have weights. With which of them do you mix?",
                SOFT,
            ),
            Misconception(
                "no-softmax",
                lambda query, keys, values: ((keys @ query) @ values, keys @ query),
                "What do your weights add up to? Which step makes shares of scores?",
                SOFT,
            ),
            Misconception(
                "values-turned",
                mixed_by(lambda weights, keys, values: values @ weights),
                "One number for each feature. Which axis of `values` has to disappear?",
                SOFT,
            ),
            Misconception(
                "values-scored",
                values_scored,
                "With what is a query compared, with keys or with values?",
                ROLES,
            ),
            Misconception(
                "fixed-width",
                three_wide,
                "How wide is your output, and who decides that?",
                SOFT,
            ),
            Misconception(
                "whole-numbers-added",
                whole_numbers_added,
                "What type of numbers can your result array hold?",
                BREAK,
            ),
            Misconception(
                "keys-shortened",
                scored_by(lambda query, keys: keys @ query / np.linalg.norm(keys, axis=1)),
                "Make one key ten times as long. Should its weight notice?",
                DIRECTION,
            ),
            Misconception(
                "scores-returned",
                lambda query, keys, values: (softmax(keys @ query) @ values, keys @ query),
                "What must the second thing that you return add up to?",
                SOFT,
            ),
            Misconception(
                "output-is-weights",
                mixed_by(lambda weights, keys, values: weights),
                "The asker wanted content, not a ranking.",
                MISTAKES,
            ),
            Misconception(
                "wrong-order",
                lambda query, keys, values: mixed_by(lambda w, k, v: w @ v)(query, keys, values)[
                    ::-1
                ],
                "You return two things. Which is due first?",
                SOFT,
            ),
            Misconception(
                "one-thing",
                lambda query, keys, values: softmax(keys @ query) @ values,
                "Who asks for the answer also wants to know who was looked at, and how much.",
                SOFT,
            ),
            Misconception(
                "whole-numbers",
                whole_numbers,
                "What type of numbers can your result array hold?",
                BREAK,
            ),
            Misconception(
                "no-exp",
                without_exp,
                "Which of your weights are below zero?",
                DIVIDE,
            ),
            Misconception(
                "no-maximum-subtracted",
                without_maximum,
                "What is exp(1000) on this machine? Which quantity may be added to every score "
                "without changing the answer?",
                STABLE,
            ),
            Misconception(
                "scaled",
                scored_by(lambda query, keys: keys @ query / np.sqrt(len(query))),
                "In this lesson the scores go into the softmax as they are. Do yours?",
                SOFT,
            ),
            Misconception(
                "scored-by-cosine",
                scored_by(cosines),
                "Make the query ten times as long. Should the weights notice?",
                DIRECTION,
            ),
            Misconception(
                "keys-turned",
                scored_by(lambda query, keys: query @ keys),
                "One score for each key. Which axis of `keys` has to disappear?",
                SOFT,
            ),
        ),
    ),
}
