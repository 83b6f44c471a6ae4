"""Maths 09: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception

# multi_head_parameters ------------------------------------------------------------------------


def parameters(d_model, n_heads, bias=True):
    return 4 * d_model * (d_model + (1 if bias else 0))


def head_by_head(d_model, n_heads, bias=True):
    d_k, count = d_model // n_heads, d_model if bias else 0  # the bias of W_O
    for _ in range(n_heads):
        for _ in "qkv":
            count += d_model * d_k + (d_k if bias else 0)
        count += d_k * d_model  # its rows of W_O
    return count


def by_shapes(d_model, n_heads, bias=True):
    extra = np.array([1 if bias else 0, 0])  # a bias is one more row
    return int(sum(np.prod(np.array(shape) + extra) for shape in [(d_model, d_model)] * 4))


def with_real_tables(d_model, n_heads, bias=True):
    tables = [np.zeros((d_model, 3 * d_model)), np.zeros((d_model, d_model))]
    if bias:
        tables += [np.zeros(3 * d_model), np.zeros(d_model)]
    return sum(table.size for table in tables)


def counting(weights, biases):
    """Return a count out of two formulas in d, h and d_k: of the matrices, and of the biases."""

    def multi_head_parameters(d_model, n_heads, bias=True):
        sizes = d_model, n_heads, d_model // n_heads
        return weights(*sizes) + (biases(*sizes) if bias else 0)

    return multi_head_parameters


# multi_head_as_sum ----------------------------------------------------------------------------


def blocks(head_outputs, w_o):
    h, _, d_k = np.shape(head_outputs)
    return np.asarray(head_outputs) @ np.reshape(w_o, (h, d_k, -1))


def by_slices(head_outputs, w_o):
    d_k = np.shape(head_outputs)[2]
    pairs = enumerate(head_outputs)
    return np.array([head @ w_o[i * d_k : (i + 1) * d_k] for i, head in pairs])


def by_einsum(head_outputs, w_o):
    h, _, d_k = np.shape(head_outputs)
    return np.einsum("ine,ieb->inb", head_outputs, np.asarray(w_o).reshape(h, d_k, -1))


def by_silent_heads(head_outputs, w_o):
    """Merge the heads with all of them silent but one, and multiply by the whole W_O."""
    h, n, d_k = np.shape(head_outputs)
    terms = []
    for i in range(h):
        merged = np.zeros((n, h * d_k))
        merged[:, i * d_k : (i + 1) * d_k] = head_outputs[i]
        terms.append(merged @ w_o)
    return np.stack(terms)


def with_rows(choose):
    """Return the terms with other rows of W_O: choose (w_o, i, h, d_k) -> those of head i."""

    def multi_head_as_sum(head_outputs, w_o):
        h, _, d_k = np.shape(head_outputs)
        return np.array([head_outputs[i] @ choose(np.asarray(w_o), i, h, d_k) for i in range(h)])

    return multi_head_as_sum


def merged_without_transposing(head_outputs, w_o):
    h, n, d_k = np.shape(head_outputs)
    merged = np.reshape(head_outputs, (n, h * d_k))
    parts = [slice(i * d_k, (i + 1) * d_k) for i in range(h)]
    return np.array([merged[:, part] @ w_o[part] for part in parts])


def side_by_side(head_outputs, w_o):
    """The heads in their places, zeros elsewhere: nothing is multiplied by W_O."""
    h, n, d_k = np.shape(head_outputs)
    terms = np.zeros((h, n, h * d_k))
    for i in range(h):
        terms[i, :, i * d_k : (i + 1) * d_k] = head_outputs[i]
    return terms


# The values -----------------------------------------------------------------------------------


def ranks(inputs):
    return [min(h * d_k, inputs["d_model"]) for h, d_k in inputs["layers"]]


def factors(inputs, **other):
    """Return the four factors in the order asked, with some of them replaced by name."""
    times = inputs["times"]
    right = {"numbers": 1, "work": 1, "tables": times, "rank": 1 / times}
    right |= {name: value(times) for name, value in other.items()}
    return [right[name] for name in inputs["order"]]


def once(times):
    return 1


def as_often(times):
    return times


def mistaken(**other):
    return lambda inputs: factors(inputs, **other)


ROW = "maths/09_multi_head: What can one row of weights not do?"
SUM = "maths/09_multi_head: How do several heads become one vector?"
SLICES = "maths/09_multi_head: Does each head read a slice of the words?"
NUMBERS = "maths/09_multi_head: Do more heads need more numbers?"
THIN = "maths/09_multi_head: What does a thin head lose?"
MISTAKES = "maths/09_multi_head: Which mistakes wait here?"

ANSWERS = {
    "multi_head_parameters": Answers(
        reference=parameters,
        also_right=(head_by_head, by_shapes, with_real_tables),
        misconceptions=(
            Misconception(
                "heads-multiply",
                counting(lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 4 * h * d),
                "How wide is one head, if all heads side by side are as wide as a word?",
                NUMBERS,
            ),
            Misconception(
                "heads-as-wide-as-the-words",
                counting(lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 3 * h * d + d),
                "Write the shape of one head's W_Q. Is its second number d_model, or a share of "
                "it?",
                NUMBERS,
            ),
            Misconception(
                "w-o-forgotten",
                counting(lambda d, h, d_k: 3 * d * d, lambda d, h, d_k: 3 * d),
                "You counted how the heads ask, are asked and answer. What happens after they "
                "were put side by side?",
                MISTAKES,
            ),
            Misconception(
                "biases-forgotten",
                counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 0),
                "Call your function with bias=True and with bias=False. What is added to the "
                "result of each map?",
                NUMBERS,
            ),
            Misconception(
                "biases-always",
                lambda d_model, n_heads, bias=True: parameters(d_model, n_heads),
                "Call your function with bias=True and with bias=False. Do the two counts differ?",
                NUMBERS,
            ),
            Misconception(
                "one-bias-for-each-map",
                counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 4),
                "A map turns a row into a row. How many numbers does its bias add to that row?",
                NUMBERS,
            ),
            Misconception(
                "bias-of-w-o-forgotten",
                counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d),
                "You are a little short. Which of the four maps has no bias in your count?",
                NUMBERS,
            ),
            Misconception(
                "bias-of-w-o-in-every-head",
                counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d + h * d),
                "The rows of W_O are shared out among the terms of the sum. How often is its bias "
                "added to the sum?",
                SUM,
            ),
            Misconception(
                "biases-of-one-head",
                counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d_k + d),
                "The bias of one head's queries has d_k numbers. How many heads ask?",
                NUMBERS,
            ),
            Misconception(
                "w-o-inside-each-head",
                counting(lambda d, h, d_k: 3 * d * d + h * d_k * d_k, lambda d, h, d_k: 4 * d),
                "Your W_O takes the numbers of a head to numbers of the same head. Would the heads "
                "ever be mixed?",
                SUM,
            ),
            Misconception(
                "words-sliced",
                counting(lambda d, h, d_k: 3 * h * d_k * d_k + d * d, lambda d, h, d_k: 4 * d),
                "How many numbers of a word does one head read: all of them, or its share?",
                SLICES,
            ),
            Misconception(
                "one-head-counted",
                counting(lambda d, h, d_k: 4 * d * d_k, lambda d, h, d_k: 3 * d_k + d),
                "That is what one head needs. How many are there?",
                NUMBERS,
            ),
            Misconception(
                "fraction-returned",
                lambda d_model, n_heads, bias=True: float(parameters(d_model, n_heads, bias)),
                "A count is a whole number. Which division of yours makes a decimal number of it?",
                NUMBERS,
            ),
        ),
    ),
    "multi_head_as_sum": Answers(
        reference=blocks,
        also_right=(by_slices, by_einsum, by_silent_heads),
        misconceptions=(
            Misconception(
                "rows-of-w-o-in-turn",
                with_rows(lambda w_o, i, h, d_k: w_o[i::h]),
                "Write down a merged row of two heads, entry by entry. Do the entries of head 1 "
                "stand together, or in turn with those of head 2?",
                MISTAKES,
            ),
            Misconception(
                "first-rows-for-all",
                with_rows(lambda w_o, i, h, d_k: w_o[:d_k]),
                "Which rows of W_O does your second head meet? Which ones are never used?",
                SUM,
            ),
            Misconception(
                "rows-from-behind",
                with_rows(lambda w_o, i, h, d_k: w_o[(h - 1 - i) * d_k : (h - i) * d_k]),
                "Which rows of W_O does your first head meet, and which entries of the merged row "
                "are its own?",
                SUM,
            ),
            Misconception(
                "all-of-w-o-for-each",
                with_rows(lambda w_o, i, h, d_k: w_o.reshape(h, d_k, -1).sum(axis=0)),
                "Let all heads but one be silent. Which rows of W_O can then still matter?",
                SUM,
            ),
            Misconception(
                "w-o-transposed",
                with_rows(lambda w_o, i, h, d_k: w_o.T[i * d_k : (i + 1) * d_k]),
                "Rows stand on the left, x @ W. Which of the two sizes of W_O is the width of the "
                "merged row, and which that of the result?",
                SUM,
            ),
            Misconception(
                "columns-of-w-o",
                with_rows(lambda w_o, i, h, d_k: w_o[:, i * d_k : (i + 1) * d_k]),
                "Write the shape of both factors under your line. W_Q is cut into columns; which "
                "way must W_O be cut, so that a row of d_k numbers can meet it?",
                SUM,
            ),
            Misconception(
                "sum-returned",
                lambda head_outputs, w_o: blocks(head_outputs, w_o).sum(axis=0),
                "That is what the layer gives. Here the terms are asked, before they are added.",
                SUM,
            ),
            Misconception(
                "partial-sums",
                lambda head_outputs, w_o: np.cumsum(blocks(head_outputs, w_o), axis=0),
                "Your first table is right. What has the second one in it, besides its own head?",
                SUM,
            ),
            Misconception(
                "averaged",
                lambda head_outputs, w_o: blocks(head_outputs, w_o) / len(head_outputs),
                "Add up your terms and compare with the merged heads times W_O. By which factor "
                "are they off?",
                SUM,
            ),
            Misconception(
                "words-before-heads",
                lambda head_outputs, w_o: blocks(head_outputs, w_o).swapaxes(0, 1),
                "Which axis does the docstring want first: the heads, or the words?",
                SUM,
            ),
            Misconception(
                "merged-without-transposing",
                merged_without_transposing,
                "Fill the heads with 0, 1, 2, … and print your merged table. Does each row come "
                "from one word?",
                MISTAKES,
            ),
            Misconception(
                "w-o-left-out",
                side_by_side,
                "Your terms put each head in its place. Does anything combine numbers of one head "
                "with those of another?",
                SUM,
            ),
        ),
    ),
    "ranks_of_heads": Answers(
        reference=ranks,
        also_right=(
            lambda i: tuple(ranks(i)),
            lambda i: str(ranks(i)),
            lambda i: np.array(ranks(i), dtype=float),
        ),
        misconceptions=(
            Misconception(
                "of-one-head",
                lambda i: [d_k for _, d_k in i["layers"]],
                "That is the bound for a single head. Two heads may fill different directions: "
                "what does that say about their sum?",
                THIN,
            ),
            Misconception(
                "no-more-than-there-is-room-for",
                lambda i: [h * d_k for h, d_k in i["layers"]],
                "One of your ranks is larger than the matrix. What is its shape?",
                THIN,
            ),
            Misconception(
                "always-full",
                lambda i: [i["d_model"]] * 3,
                "Two thin heads in a wide layer: how many directions can they fill together?",
                THIN,
            ),
            Misconception(
                "number-of-heads",
                lambda i: [h for h, _ in i["layers"]],
                "You counted the terms of the sum. Is the rank of each of them 1?",
                THIN,
            ),
        ),
    ),
    "more_heads": Answers(
        reference=factors,
        also_right=(
            lambda i: tuple(factors(i)),
            lambda i: ", ".join(str(factor) for factor in factors(i)),
            lambda i: np.array(factors(i)),
        ),
        misconceptions=(
            Misconception(
                "numbers-grow",
                mistaken(numbers=as_often),
                "There are more heads. How wide is each of them now, and how many numbers do they "
                "need together?",
                NUMBERS,
            ),
            Misconception(
                "work-grows",
                mistaken(work=as_often),
                "There are more products. How wide is each of them now?",
                NUMBERS,
            ),
            Misconception(
                "numbers-and-work-grow",
                mistaken(numbers=as_often, work=as_often),
                "There are more heads, but each of them is thinner. What happens to the product of "
                "the two?",
                NUMBERS,
            ),
            Misconception(
                "tables-stay",
                mistaken(tables=once),
                "Each head has a table of weights of its own. Does a thinner head have a smaller "
                "one?",
                NUMBERS,
            ),
            Misconception(
                "rank-stays",
                mistaken(rank=once),
                "What is the width of one head's queries, before and after? How large can the rank "
                "of a product of two thin matrices be?",
                THIN,
            ),
            Misconception(
                "rank-grows",
                mistaken(rank=as_often),
                "The question is about one head. Does it get wider or thinner?",
                THIN,
            ),
            Misconception(
                "tables-and-rank-stay",
                mistaken(tables=once, rank=once),
                "The numbers to learn stay, and so does the work. But what does one head own, and "
                "what is there once for each head?",
                NUMBERS,
            ),
            Misconception(
                "everything-grows",
                mistaken(numbers=as_often, work=as_often, rank=as_often),
                "More heads of the *same* width would do that. What happens to the width here?",
                NUMBERS,
            ),
        ),
    ),
}
