"""Maths 07: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
from course_lib.softmax import softmax

# additive_as_concat ---------------------------------------------------------------------------


def stacked(w_query, w_key):
    return np.concatenate([w_query, w_key], axis=0)


def by_loops(w_query, w_key):
    d_query, h = np.shape(w_query)
    w = np.zeros((d_query + len(w_key), h))
    for m in range(h):
        for a in range(d_query):
            w[a, m] = w_query[a][m]
        for b in range(len(w_key)):
            w[d_query + b, m] = w_key[b][m]
    return w


def by_what_it_does(w_query, w_key):
    """Ask with each unit vector of [query, key]: row by row, that is the matrix."""
    d_query = len(w_query)
    units = np.eye(d_query + len(w_key))
    return units[:, :d_query] @ w_query + units[:, d_query:] @ w_key


def by_transposes(w_query, w_key):
    return np.hstack([np.transpose(w_query), np.transpose(w_key)]).T


def blocks(w_query, w_key):
    (d_query, h), d_key = np.shape(w_query), len(w_key)
    upper = np.hstack([w_query, np.zeros((d_query, h))])
    return np.vstack([upper, np.hstack([np.zeros((d_key, h)), w_key])])


def in_turn(w_query, w_key):
    """Rows of the two in turn; what is left of the longer one follows."""
    both = min(len(w_query), len(w_key))
    rows = [row for pair in zip(w_query, w_key) for row in pair]
    return np.array([*rows, *w_query[both:], *w_key[both:]])


# interaction ----------------------------------------------------------------------------------


def less_both_means(scores):
    scores = np.asarray(scores, dtype=float)
    rows, columns = scores.mean(axis=1, keepdims=True), scores.mean(axis=0, keepdims=True)
    return scores - rows - columns + scores.mean()


def one_after_the_other(scores):
    scores = np.array(scores, dtype=float)
    scores -= scores.mean(axis=0)
    return scores - scores.mean(axis=1)[:, None]


def by_projections(scores):
    n_q, n_k = np.shape(scores)
    return (np.eye(n_q) - 1 / n_q) @ scores @ (np.eye(n_k) - 1 / n_k)


def by_least_squares(scores):
    """What the best sum a_i + b_j leaves."""
    scores = np.asarray(scores, dtype=float)
    n_q, n_k = scores.shape
    table = np.hstack([np.repeat(np.eye(n_q), n_k, axis=0), np.tile(np.eye(n_k), (n_q, 1))])
    best, *_ = np.linalg.lstsq(table, scores.ravel(), rcond=None)
    return (scores.ravel() - table @ best).reshape(n_q, n_k)


def exchanged_means(scores):
    scores = np.asarray(scores, dtype=float)
    return scores - scores.mean(axis=1) - scores.mean(axis=0)[:, None] + scores.mean()


def from_the_first(scores):
    """Line (7), with the first query and the first key as the fixed ones."""
    scores = np.asarray(scores)
    return scores - scores[:1] - scores[:, :1] + scores[0, 0]


def less_rows(scores):
    return scores - np.mean(scores, axis=1, keepdims=True)


def less_columns(scores):
    return scores - np.mean(scores, axis=0, keepdims=True)


SUM = "maths/07_encoder_decoder: How can a sum be a score?"
TANH = "maths/07_encoder_decoder: What is the tanh for?"
SMALL = "maths/07_encoder_decoder: Why does the first look hardly depend on the question?"
MISTAKES = "maths/07_encoder_decoder: Which mistakes wait here?"

ANSWERS = {
    "additive_as_concat": Answers(
        reference=stacked,
        also_right=(by_loops, by_what_it_does, by_transposes),
        misconceptions=(
            Misconception(
                "side-by-side",
                lambda w_query, w_key: np.concatenate([w_query, w_key], axis=1),
                "A row [query, key] lies flat. How many numbers does it have, and how many rows "
                "must the matrix have that it is multiplied by?",
                MISTAKES,
            ),
            Misconception(
                "key-rows-first",
                lambda w_query, w_key: np.concatenate([w_key, w_query]),
                "Which part of the row [query, key] meets the first row of your matrix?",
                MISTAKES,
            ),
            Misconception(
                "transposed",
                lambda w_query, w_key: stacked(w_query, w_key).T,
                "torch.nn.Linear stores it that way round. Here a row stands on the left, x @ W. "
                "Which of the two sizes of W is the width of x?",
                SUM,
            ),
            Misconception(
                "key-rows-first-and-transposed",
                lambda w_query, w_key: stacked(w_key, w_query).T,
                "Two things: which part of the row [query, key] comes first, and which size of W "
                "is the width of that row?",
                MISTAKES,
            ),
            Misconception(
                "added",
                lambda w_query, w_key: np.asarray(w_query) + w_key,
                "Two results are added, not two matrices. Would the sum of the matrices still know "
                "which number came from the query?",
                SUM,
            ),
            Misconception(
                "multiplied",
                lambda w_query, w_key: np.asarray(w_query) @ np.transpose(w_key),
                "That is the matrix of a bilinear score, as in lesson 06. What happens to the two "
                "projections in an additive score?",
                SUM,
            ),
            Misconception(
                "in-blocks",
                blocks,
                "With your matrix, query and key have hidden numbers of their own. Which hidden "
                "numbers do they share in line (3)?",
                SUM,
            ),
            Misconception(
                "rows-in-turn",
                in_turn,
                "Your rows alternate. How are the numbers of the query and of the key arranged in "
                "the row [query, key]?",
                SUM,
            ),
        ),
    ),
    "interaction": Answers(
        reference=less_both_means,
        also_right=(one_after_the_other, by_projections, by_least_squares),
        misconceptions=(
            Misconception(
                "only-the-rows",
                less_rows,
                "Add up a column of your result. A score may hold a part b(h) that every query "
                "sees alike: where did it stay?",
                TANH,
            ),
            Misconception(
                "only-the-columns",
                less_columns,
                "Add up a row of your result. A score may hold a part a(s) that is the same for "
                "all keys: where did it stay?",
                TANH,
            ),
            Misconception(
                "mean-of-all-not-given-back",
                lambda scores: less_both_means(scores) - np.mean(scores),
                "Try a table in which every entry is 5. What should be left, and what have you "
                "taken away, in all?",
                SMALL,
            ),
            Misconception(
                "mean-of-all-taken-a-third-time",
                lambda scores: less_both_means(scores) - 2 * np.mean(scores),
                "The mean of all is in the row means, and it is in the column means. So which sign "
                "does it need?",
                SMALL,
            ),
            Misconception(
                "only-the-mean-of-all",
                lambda scores: scores - np.mean(scores),
                "One number for the whole table. Does that take away a part that differs from "
                "query to query, or from key to key?",
                SMALL,
            ),
            Misconception(
                "row-means-laid-across-columns",
                exchanged_means,
                "Which shape has `scores.mean(axis=1)`, and along which axis does NumPy lay it "
                "when you subtract it from a table? What would `keepdims=True` change?",
                SMALL,
            ),
            Misconception(
                "from-the-first-query-and-key",
                from_the_first,
                "Add up a row of your result. You measure from one query and one key, as line (7) "
                "does. What does line (10) take in their place?",
                SMALL,
            ),
            Misconception(
                "of-the-weights",
                lambda scores: less_both_means(softmax(scores)),
                "What is asked are the scores as they are. What did you apply to them first?",
                SMALL,
            ),
            Misconception(
                "the-sum-itself",
                lambda scores: np.asarray(scores) - less_both_means(scores),
                "You return the part a(s) + b(h). Is that what depends on both, or what doesn't?",
                SMALL,
            ),
        ),
    ),
}
