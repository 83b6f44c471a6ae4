"""The options of attention, axis by axis: how each step may be done. The first is the course's own.

The lines work on ``q k v`` with one item a row, positions ``i`` (of queries, a column) and ``j``
(of keys), and leave ``scores``, ``seen``, ``weights`` and ``output`` for the next step.
"""

from course_lib.practice.declare import Option

SCORE = (
    Option(
        "dot",
        "scores are dot products",
        "A score is the dot product of a query and a key.",
        "scores = q @ k.swapaxes(-1, -2)",
        lesson=3,
    ),
    Option(
        "cosine",
        "scores are cosines",
        "A score is the cosine between a query and a key: only directions count, not lengths.",
        "ways = q / np.linalg.norm(q, axis=-1, keepdims=True)\n"
        "others = k / np.linalg.norm(k, axis=-1, keepdims=True)\n"
        "scores = ways @ others.swapaxes(-1, -2)",
        lesson=3,
        title="by angle",
    ),
    Option(
        "distance",
        "scores are minus squared distances",
        "A score is minus the squared distance between a query and a key: the nearer, the higher.",
        "gaps = q[..., :, None, :] - k[..., None, :, :]\nscores = -np.square(gaps).sum(axis=-1)",
        lesson=4,
        title="by nearness",
        slips=(
            Option(
                "distance, not squared",
                "scores are minus the distances themselves",
                lines="gaps = q[..., :, None, :] - k[..., None, :, :]\n"
                "scores = -np.sqrt(np.square(gaps).sum(axis=-1))",
            ),
            Option(
                "distance, without minus",
                "far keys score highest",
                lines="gaps = q[..., :, None, :] - k[..., None, :, :]\n"
                "scores = np.square(gaps).sum(axis=-1)",
            ),
        ),
    ),
    Option(
        "bilinear",
        "the table `w` stands between query and key, query first",
        "A score is query · `w` · key: the table `w` says how much each entry of a query has to do "
        "with each entry of a key.",
        "scores = q @ w @ k.swapaxes(-1, -2)",
        lesson=6,
        title="through a table",
        needs=("w",),
        slips=(
            Option(
                "bilinear, turned",
                "the table `w` stands between query and key, key first",
                lines="scores = q @ w.T @ k.swapaxes(-1, -2)",
                needs=("w",),
            ),
        ),
    ),
    Option(
        "additive",
        "a small network scores the pair",
        "A small network scores each pair: tanh(query · `w_query` + key · `w_key`), and then the "
        "dot product of that with `w_score`.",
        "pairs = (q @ w_query)[..., :, None, :] + (k @ w_key)[..., None, :, :]\n"
        "scores = np.tanh(pairs) @ w_score",
        lesson=7,
        title="by a small network",
        needs=("w_query", "w_key", "w_score"),
        slips=(
            Option(
                "additive, without tanh",
                "the network has no tanh",
                lines="pairs = (q @ w_query)[..., :, None, :] + (k @ w_key)[..., None, :, :]\n"
                "scores = pairs @ w_score",
                needs=("w_query", "w_key", "w_score"),
            ),
        ),
    ),
)

SCALE = (
    Option(
        "root",
        "each score is divided by √d_k",
        "Each score is divided by √d_k, where d_k is how many numbers a query has.",
        "scores = scores / np.sqrt(q.shape[-1])",
        lesson=4,
    ),
    Option(
        "none",
        "scores stay as they are",
        "Scores are taken as they come: nothing divides them.",
        lesson=3,
        title="without a scale",
    ),
    Option(
        "temperature",
        "each score is divided by {t}",
        "Each score is divided by a temperature of {t}, whatever the width of a query.",
        "scores = scores / {t}",
        lesson=3,
        title="at temperature {t}",
        numbers={"t": (0.4, 0.6, 1.5, 2.5, 3)},
    ),
    Option(
        "gain",
        "each score is multiplied by {t}",
        "Each score is multiplied by {t}, whatever the width of a query.",
        "scores = scores * {t}",
        lesson=3,
        title="with scores times {t}",
        numbers={"t": (0.3, 0.7, 1.5, 2, 3)},
    ),
)

TEMPER = (  # of shares: there is no width to divide by
    Option("none", "scores stay as they are", lesson=2),
    Option(
        "temperature",
        "each score is divided by {t}",
        "First each score is divided by a temperature of {t}.",
        "scores = scores / {t}",
        lesson=2,
        title="at temperature {t}",
        numbers={"t": (0.4, 0.6, 1.5, 2.5, 3)},
    ),
    Option(
        "gain",
        "each score is multiplied by {t}",
        "First each score is multiplied by {t}.",
        "scores = scores * {t}",
        lesson=2,
        title="with scores times {t}",
        numbers={"t": (0.3, 0.7, 1.5, 2, 3)},
    ),
)

BIAS = (
    Option("none", "nothing is added to a score", lesson=3),
    Option(
        "slope",
        "a score loses {s} for each place of distance",
        "Far is faint: each score then loses {s} for each step between the two places, |i − j| "
        "steps for query i and key j.",
        "scores = scores - {s} * np.abs(i - j)",
        lesson=8,
        title="that fades with distance",
        numbers={"s": (0.1, 0.25, 0.5, 1)},
        slips=(
            Option(
                "slope, with a sign",
                "a score loses {s} for each place backwards, and gains as much forwards",
                lines="scores = scores - {s} * (i - j)",
            ),
        ),
    ),
    Option(
        "table",
        "the table `bias` is added to the scores",
        "Then the table `bias` is added, a number for each query and key.",
        "scores = scores + bias",
        lesson=8,
        title="with a table of favours",
        needs=("bias",),
        slips=(
            Option(
                "table, taken away",
                "the table `bias` is taken away from the scores",
                lines="scores = scores - bias",
                needs=("bias",),
            ),
        ),
    ),
)

SAID = (
    Option(
        "may",
        "True means “may look”",
        "`mask` says who may look: True where query i (row) may look at key j (column).",
        "seen = mask",
        needs=("mask",),
        rivals=("hidden",),
    ),
    Option(
        "hidden",
        "True hides",
        "`mask` says what is hidden: True where query i (row) may *not* look at key j (column).",
        "seen = ~mask",
        needs=("mask",),
        title="where True hides",
        rivals=("may",),
    ),
    Option(
        "added",
        "what the mask holds is added to the score",
        "`mask` holds numbers, and they are added to the scores as they are by now: 0 leaves a "
        "score alone, −1 dims it, −inf hides the key.",
        "scores = scores + mask\nseen = mask > -np.inf",
        needs=("mask",),
        title="with a mask to add",
        rivals=(),
        slips=(
            Option(
                "added, only hides",
                "the mask hides, and dims nothing",
                lines="seen = mask > -np.inf",
                needs=("mask",),
            ),
            Option(
                "added, dims hide",
                "every number of the mask below 0 hides",
                lines="seen = mask == 0",
                needs=("mask",),
            ),
        ),
    ),
    Option(
        "length",
        "only the first keys are real, as many as the length says",
        "`length` says how many keys are real: the first ones. What comes after is padding, and "
        "nobody looks at it.",
        "seen = j < length",
        needs=("length",),
        title="with padding",
        rivals=(),
        slips=(
            Option(
                "length, one more",
                "one key more than the length says is seen",
                lines="seen = j <= length",
                needs=("length",),
            ),
            Option(
                "length, unheard",
                "padding is seen as well",
                lines="seen = j >= 0",
                needs=("length",),
            ),
        ),
    ),
)

LOOK = (
    Option("all", "nothing else is hidden"),
    Option(
        "causal",
        "nobody looks ahead",
        "Besides, nobody looks ahead: query i sees keys 0 to i.",
        "seen = seen & (j <= i)",
        title="without looking ahead",
        slips=(
            Option("causal, not itself", "nobody sees itself", lines="seen = seen & (j < i)"),
            Option("causal, backwards", "only what comes is seen", lines="seen = seen & (j >= i)"),
        ),
    ),
    Option(
        "window",
        "a query sees itself and the {w} keys before it",
        "Besides, memory is short: query i sees key i and the {w} keys before it, nothing else.",
        "seen = seen & (j <= i) & (i - j <= {w})",
        title="with a short memory",
        numbers={"w": (2, 3)},
        room=lambda n: dict.fromkeys(("queries", "keys"), n["w"] + 2),
        slips=(
            Option(
                "window, one short",
                "the query itself counts among the {w}",
                lines="seen = seen & (j <= i) & (i - j < {w})",
            ),
            Option(
                "window, both ways",
                "the window reaches ahead as far as back",
                lines="seen = seen & (np.abs(i - j) <= {w})",
            ),
        ),
    ),
    Option(
        "segments",
        "nobody looks into another document",
        "Besides, several documents share the row: `segments[j]` is the number of the document "
        "that key j belongs to, and query i belongs to document `segments[i]`. Nobody looks into "
        "another's document.",
        "seen = seen & (segments[i] == segments[j])",
        title="with documents kept apart",
        needs=("segments",),
        slips=(
            Option(
                "segments, the others",
                "everybody looks into the other documents only",
                lines="seen = seen & (segments[i] != segments[j])",
                needs=("segments",),
            ),
        ),
    ),
    Option(
        "prefix",
        "all see the first {p} keys, and beyond them nobody looks ahead",
        "Besides, the first {p} keys are a beginning that all may read. Beyond it nobody looks "
        "ahead: query i sees the first {p} keys, and keys 0 to i.",
        "seen = seen & ((j < {p}) | (j <= i))",
        title="with a beginning that all may read",
        numbers={"p": (2, 3)},
        room=lambda n: dict.fromkeys(("queries", "keys"), n["p"] + 1),
        slips=(
            Option(
                "prefix, one more",
                "the shared keys are one more than {p}",
                lines="seen = seen & ((j <= {p}) | (j <= i))",
            ),
            Option("prefix alone", "only the first {p} are seen", lines="seen = seen & (j < {p})"),
        ),
    ),
    Option(
        "stride",
        "a query sees every key whose distance is a multiple of {r}",
        "Besides, query i sees only key i and the keys whose distance to key i, before it or after "
        "it, is a multiple of {r}.",
        "seen = seen & ((i - j) % {r} == 0)",
        title="in steps of {r}",
        numbers={"r": (2,)},  # with 3, nobody in an example of three keys sees another one
        slips=(
            Option(
                "stride, from the start",
                "the steps of {r} are counted from key 0",
                lines="seen = seen & ((j % {r} == 0) | (i == j))",
            ),
        ),
    ),
)

HIDE = "scores = np.where(seen, scores, -np.inf)\n"
DIVIDE = "weights = raised / raised.sum(axis=-1, keepdims=True)"
SHARE = (
    Option(
        "softmax",
        "shares are the softmax",
        "Softmax turns what is seen into shares; what is hidden gets 0.",
        HIDE + "raised = np.exp(scores - scores.max(axis=-1, keepdims=True))\n" + DIVIDE,
        lesson=2,
    ),
    Option(
        "base two",
        "a score more by 1 doubles a share",
        "A softmax with 2 in the place of e: a score s counts 2^s. Each query's shares sum to 1; "
        "what is hidden gets 0.",
        HIDE + "raised = np.exp2(scores - scores.max(axis=-1, keepdims=True))\n" + DIVIDE,
        lesson=2,
        title="in powers of two",
    ),
    Option(
        "extra zero",
        "a share may go to nobody, who has score 0",
        "Attention may go to nobody: in each query's softmax one more score takes part, a 0, whose "
        "share is then left out. So a query's shares sum to less than 1; what is hidden gets 0.",
        HIDE + "largest = np.maximum(scores.max(axis=-1, keepdims=True), 0)\n"
        "raised = np.exp(scores - largest)\n"
        "weights = raised / (raised.sum(axis=-1, keepdims=True) + np.exp(-largest))",
        lesson=2,
        title="that may go to nobody",
        slips=(
            Option(
                "extra one",
                "nobody counts as much as the best key",
                lines=HIDE + "raised = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
                "weights = raised / (raised.sum(axis=-1, keepdims=True) + 1)",
            ),
        ),
    ),
    Option(
        "best",
        "only the {k} best keys get a share",
        "Only the {k} best of the keys that a query sees get a share, by softmax among them (all "
        "of them, if it sees fewer); everything else gets 0.",
        HIDE + "least = np.sort(scores, axis=-1)[..., -{k}:][..., :1]\n"
        "scores = np.where(scores >= least, scores, -np.inf)\n"
        "raised = np.exp(scores - scores.max(axis=-1, keepdims=True))\n" + DIVIDE,
        lesson=2,
        title="for the {k} best",
        numbers={"k": (2, 3)},
        room=lambda n: dict.fromkeys(("queries", "keys"), n["k"] + 1),
        slips=(
            Option(
                "best, not shared anew",
                "the shares of the {k} best are not made to sum to 1 again",
                lines=HIDE + "least = np.sort(scores, axis=-1)[..., -{k}:][..., :1]\n"
                "raised = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
                "weights = raised / raised.sum(axis=-1, keepdims=True) * (scores >= least)",
            ),
        ),
    ),
    Option(
        "sigmoid",
        "each share is a sigmoid of its own score",
        "Each share stands alone: 1 / (1 + e^(−score)). Nothing makes them sum to 1; what is "
        "hidden gets 0.",
        "weights = np.where(seen, 1 / (1 + np.exp(-scores)), 0)",
        lesson=2,
        title="with sigmoids",
        slips=(
            Option(
                "sigmoid, shared out",
                "the sigmoids are divided by their sum",
                lines="weights = np.where(seen, 1 / (1 + np.exp(-scores)), 0)\n"
                "weights = weights / weights.sum(axis=-1, keepdims=True)",
            ),
        ),
    ),
    Option(
        "relu",
        "what is above 0 is divided by its sum",
        "No exponentials: scores below 0 become 0, and what is left is divided by its sum, query "
        "by query. A query that sees nothing above 0 gives nothing to anybody; what is hidden gets "
        "0.",
        "raised = np.where(seen, np.maximum(scores, 0), 0)\n"
        "total = raised.sum(axis=-1, keepdims=True)\n"
        "weights = raised / np.where(total > 0, total, 1)",
        lesson=2,
        title="cut at zero",
        slips=(
            Option(
                "relu, undivided",
                "what is above 0 stays as it is",
                lines="weights = np.where(seen, np.maximum(scores, 0), 0)",
            ),
        ),
    ),
)

LAYOUT = (
    Option("rows", "rows are tokens", "Rows are tokens.", lesson=3, rivals=("columns",)),
    Option(
        "columns",
        "columns are tokens",
        "Columns are tokens: everything comes, and the output goes, with one token a column. "
        "Scores and weights keep a row for each query.",
        "q, k, v = q.swapaxes(-1, -2), k.swapaxes(-1, -2), v.swapaxes(-1, -2)",
        "output = output.swapaxes(-1, -2)",
        title="in columns",
        rivals=("rows",),
    ),
    Option(
        "time first",
        "the first axis is the place in the sentence",
        "Several sentences come at once, time first: (place, sentence, width), and the output goes "
        "the same way. Weights are (sentence, query, key).",
        "q, k, v = q.swapaxes(0, 1), k.swapaxes(0, 1), v.swapaxes(0, 1)",
        "output = output.swapaxes(0, 1)",
        title="with time first",
        rivals=("rows",),
    ),
)

BACK = (
    Option(
        "both",
        "output and weights come back",
        "Return two things, `(output, weights)`.",
        "output = weights @ v",
        "return output, weights",
        lesson=3,
    ),
    Option(
        "output",
        "the output alone comes back",
        "Return the output alone.",
        "output = weights @ v",
        "return output",
        lesson=3,
    ),
    Option(
        "residual",
        "the query is added to what it got",
        "Return `(output, weights)`, where the output is what a query got *plus the query itself*.",
        "output = q + weights @ v",
        "return output, weights",
        lesson=10,
        title="with a skip",
    ),
)
