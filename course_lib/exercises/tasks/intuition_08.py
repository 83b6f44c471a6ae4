"""Intuition 08: a sentence that asks itself, and the places that it has to be told."""

import numpy as np

from course_lib.attention import attend
from course_lib.examples import keys, queries, values, words
from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import letter, near, number, numbers, two_numbers, word
from course_lib.exercises.reading import spelled_numbers
from course_lib.exercises.wording import alignment_table, markdown_table, pair
from course_lib.positions import rotate

# What "self" means ---------------------------------------------------------------------------

PAGES = {
    "recipe": "a recipe",
    "letter": "a letter",
    "news": "a piece of news",
}
SELF = {
    "sentence": "the words that ask and the words that answer are those of the same text",
    "word": "a word looks at itself, or mostly at itself, and not at its neighbours",
    "glasses": "it needs no glasses for questions: what a word is found by is its question, too",
    "steps": "the steps are new: a word gets its share from its place, without comparing",
}

task(
    name="i08_self",
    inputs=lambda rng: {"page": str(rng.choice(list(PAGES))), "order": shuffled(rng, SELF)},
    probes=letter(LETTERS, "both sides are the same words, and the rest is as before"),
    question=lambda i: (
        f"One machine translates **{PAGES[i['page']]}** and glances back at it, as in lesson 07. "
        "Another one reads it with **self-attention**. What is different in the second?\n\n"
        + choices(SELF, i)
    ),
)


# Follow a word through a shuffled map --------------------------------------------------------

HEADLINES = (
    ("rain", "stops", "play", "again", "today"),
    ("cat", "finds", "old", "violin", "unharmed"),
    ("mayor", "opens", "new", "bridge", "twice"),
)


def shuffle_inputs(rng):
    """Draw a map of five words and an order, so that each slip reads off another word."""
    headline = HEADLINES[rng.integers(len(HEADLINES))]
    while True:
        top, order, row = rng.integers(0, 5, size=5), rng.permutation(5), int(rng.integers(5))
        asker = int(order[row])
        seen = [top[asker], top[row], order[top[asker]]]
        if len(set(seen)) == 3 and asker not in seen:
            break
    table = np.full((5, 5), 8)
    table[np.arange(5), top] = 62
    low = rng.integers(0, 5, size=(5, 5))  # a little up, a little down: each row keeps its 100
    table += np.where(np.arange(5) == top[:, None], 0, low - np.roll(low, 1, axis=1))
    table[np.arange(5), top] += 100 - table.sum(axis=1)
    return {"words": headline, "map": table.tolist(), "order": order.tolist(), "row": row}


def new_order(inputs):
    return [inputs["words"][place] for place in inputs["order"]]


def shuffle_question(inputs):
    mixed = new_order(inputs)
    return (
        f"A machine without any plates reads the headline *{' '.join(inputs['words'])}*. Rows ask, "
        "columns are looked at, shares in percent:\n\n"
        + alignment_table(inputs["words"], inputs["words"], inputs["map"])
        + "\n\nNow it gets the same words in another order: "
        f"***{' '.join(mixed)}***. A new map is drawn, its rows and its columns in the new order. "
        f"**Row {inputs['row'] + 1}** of the new map, counted from the top: at which word does the "
        'asker of that row look most? Answer with the word, such as `"xyz"`.'
    )


task(
    name="i08_shuffle",
    inputs=shuffle_inputs,
    probes=word(
        sorted({w for headline in HEADLINES for w in headline}),
        "each word looks where it looked before, wherever the two now stand",
        2,
    ),
    question=shuffle_question,
)


# Two maps of likeness ------------------------------------------------------------------------

# Cosines of the four vectors of *bank* in the real encoder, times 100: before the first layer,
# with the places added, and after layer 4. "The bank of the stream was steep." (river), "They paid
# the money into the bank.", "The bank raised its interest rates." (money both), "They walked along
# the muddy river bank." (river)
LIKENESS = (
    ((100, 97, 100, 97), (97, 100, 97, 100), (100, 97, 100, 97), (97, 100, 97, 100)),
    ((100, 84, 88, 89), (84, 100, 90, 81), (88, 90, 100, 80), (89, 81, 80, 100)),
)
ODD_NAMES = ("Arbo", "Belo", "Cori", "Dalo")  # a name must not hint at the kind


def likeness_inputs(rng):
    return {"mixed": rng.permutation(4).tolist(), "asked": int(rng.integers(4))}


def likeness_question(inputs):
    mixed = inputs["mixed"]
    tables = [np.array(table)[np.ix_(mixed, mixed)].tolist() for table in LIKENESS]
    return (
        "Four sentences with the word *bank* have lost their other words; they are called "
        f"{', '.join(ODD_NAMES[:3])} and {ODD_NAMES[3]}. Two are about a river and two about "
        "money. All that is left are two maps of how alike the four banks are in the real encoder "
        "(cosine, in hundredths).\n\n**With the places added, before the first layer:**\n\n"
        + alignment_table(ODD_NAMES, ODD_NAMES, tables[0])
        + "\n\n**After four layers:**\n\n"
        + alignment_table(ODD_NAMES, ODD_NAMES, tables[1])
        + f"\n\nWhose bank is of the **same kind** as the bank of **{ODD_NAMES[inputs['asked']]}**?"
        ' Answer with a name, such as `"Xeno"`.'
    )


task(
    name="i08_banks",
    inputs=likeness_inputs,
    probes=word([name.lower() for name in ODD_NAMES], "after the layers, alike means: same kind"),
    question=likeness_question,
)


# Who can tell the dog from the man -----------------------------------------------------------

MACHINES = {
    "bare": "Every word may look both ways. Nobody is told any places",
    "plates": "Every word may look both ways. Each gets a number plate for its place",
    "turned": "Every word may look both ways. Questions and labels are turned by their places",
    "left": "No word may look ahead. Nobody is told any places",
}
HEARD = {
    "same": "the same in both",
    "told": "something different, since it is told where the words stand",
    "before": "something different, since other words stand before it",
    "meaning": "something different, since the two sentences mean different things",
}
EVENTS = {
    "bites": ("dog bites man", "man bites dog"),
    "chases": ("cat chases mouse", "mouse chases cat"),
    "hears": ("child hears owl", "owl hears child"),
}

task(
    name="i08_order",
    inputs=lambda rng: {
        "machine": str(rng.choice(list(MACHINES))),
        "verb": str(rng.choice(list(EVENTS))),
        "order": shuffled(rng, HEARD),
    },
    probes=letter(LETTERS, "a word hears the order only where something tells it"),
    question=lambda i: (
        f"A machine of one layer. **{MACHINES[i['machine']]}.** It reads *{EVENTS[i['verb']][0]}*, "
        f"and then *{EVENTS[i['verb']][1]}*. What does the word ***{i['verb']}*** hear?\n\n"
        + choices(HEARD, i)
    ),
)


# Read a plate --------------------------------------------------------------------------------


def hands_inputs(rng):
    while True:
        fast, slow = (int(hour) for hour in rng.integers(1, 12, size=2))
        if len({12 * slow + fast, 12 * fast + slow, slow + fast, fast, slow, 12 * slow}) == 6:
            return {"fast": fast, "slow": slow}


task(
    name="i08_hands",
    inputs=hands_inputs,
    probes=number(0.5, "the slow hand counts the turns of the fast one", points=2),
    question=lambda i: (
        "A number plate with two hands, on dials with twelve hours. At place 0 both point to 12. "
        "The **fast** hand moves on by one hour at each place. The **slow** hand moves on by one "
        "hour whenever the fast one has come round. On a certain plate the fast hand points to "
        f"**{i['fast']}**, and the slow one to **{i['slow']}**. Which place is it? Answer with a "
        "number, such as `999`."
    ),
)


# Two letters on one sheet --------------------------------------------------------------------

PORTRAITS = {
    "boat": (2, 0, 1, 0),
    "loan": (0, 2, 0, 1),
    "shore": (2, 0, 0, 1),
    "cash": (0, 2, 1, 0),
}
PLATES = ((0.0, 0.0, 0.0, 0.1), (0.1, 0.0, 0.0, 0.0), (0.0, 0.0, 0.1, 0.0), (0.0, 0.1, 0.0, 0.0))


def added_inputs(rng):
    names = shuffled(rng, PORTRAITS)
    places = rng.permutation(4).tolist()
    return {
        "word": names[0],
        "other": names[1],
        "place": places[0],
        "elsewhere": places[1],
        "order": shuffled(rng, ("right", "place", "word", "lost")),
    }


def sum_of(inputs):
    return np.add(PORTRAITS[inputs["word"]], PLATES[inputs["place"]])


def added_texts(inputs):
    return {
        "right": f"*{inputs['word']}*, at place {inputs['place']}",
        "place": f"*{inputs['word']}*, at place {inputs['elsewhere']}",
        "word": f"*{inputs['other']}*, at place {inputs['place']}",
        "lost": "that is lost: what has been added up can't be told apart again",
    }


def in_tenths(row):
    return "[" + ", ".join(f"{entry:.1f}" for entry in row) + "]"


def added_question(inputs):
    portraits = [[name, pair(row)] for name, row in PORTRAITS.items()]
    plates = [[place, in_tenths(row)] for place, row in enumerate(PLATES)]
    return (
        "A small machine knows four words and four places:\n\n"
        + markdown_table(["word", "portrait"], portraits)
        + "\n\n"
        + markdown_table(["place", "plate"], plates)
        + f"\n\nPortrait and plate of a word have been added: **{in_tenths(sum_of(inputs))}**. "
        "Which word is it, and where does it stand?\n\n" + choices(added_texts(inputs), inputs)
    )


task(
    name="i08_added",
    inputs=added_inputs,
    probes=letter(LETTERS, "both the word and the place can be read off the sum"),
    question=added_question,
)


# Drag a question to where its labels have gone -----------------------------------------------

MOVED = 4  # places; the picture of the exercise shows the labels turned by theirs


def placed(table, first):
    """Turn the rows of the headline as if its first word stood at place ``first``.

    >>> placed(keys, 0)[0].tolist()
    [2.0, -1.0]
    """
    return rotate(np.vstack([np.zeros((first, 2)), table]))[first:]


def shares_from(question):
    """Return the shares that this question gets from the labels of the moved headline."""
    return attend(np.asarray(question, dtype=float), placed(keys, MOVED), values)[1]


def wanted(asker):
    """Return the shares of this word when the headline stood at the beginning."""
    return attend(placed(queries, 0), placed(keys, 0), values)[1][words.index(asker)]


def in_percent(shares):
    return ", ".join(f"{w} {100 * share:.0f} %" for w, share in zip(words, shares, strict=True))


def dragged(answer, inputs):
    question = two_numbers(answer)
    if np.abs(question).max() > 5:
        raise Unfit(f"answer with two numbers that the picture shows; yours are {pair(question)}.")
    return 100 * shares_from(question)


task(
    name="i08_drag",
    inputs=lambda rng: {"asker": str(rng.choice(words))},
    probes={
        "shares": near(
            dragged,
            "the question has turned with its labels, and the shares are what they were",
            lambda got, inputs: f"with this question the shares are {in_percent(got / 100)}.",
            within=4.0,
            spelled=spelled_numbers,
        )
    },
    question=lambda i: (
        "Questions and labels are **turned** by their places. At the beginning of a text, "
        f"***{i['asker']}*** asked {rounded(placed(queries, 0)[words.index(i['asker'])])}, and got "
        f"these shares: **{in_percent(wanted(i['asker']))}**. Now **{MOVED} words** have been put "
        "before the headline. The picture shows its labels where they have gone. Drag the question "
        f"to where that of *{i['asker']}* must have gone: the shares have to be **what they "
        "were**, within 4 points. Answer with the two numbers beside the picture, such as "
        "`[9, -9]`."
    ),
)


def rounded(vector):
    return "[" + ", ".join(f"{entry:.1f}".replace("-", "−") for entry in vector) + "]"


# How many passes -----------------------------------------------------------------------------

ROUNDS = {
    "read": "**reads** a finished text",
    "learn": "**learns** to write, from a finished text",
    "write": "**writes** a text of its own",
}

task(
    name="i08_rounds",
    inputs=lambda rng: {
        "first": str(rng.choice(["read", "learn"])),
        "n_words": int(rng.choice([6, 9, 20, 50])),
        "n_written": int(rng.choice([7, 12, 30])),
    },
    probes=numbers(
        2,
        "what is there is taken in at one go; what is not has to be written first",
        within=0.01,
        points=1,
    ),
    question=lambda i: (
        f"A machine {ROUNDS[i['first']]} of **{i['n_words']} words**. Then it {ROUNDS['write']}, "
        f"of **{i['n_written']} words**. In how many passes does it do the one, and in how many "
        "the other? (A pass: all words that are there go once through all layers.) Answer with two "
        "numbers, such as `[99, 99]`."
    ),
)
