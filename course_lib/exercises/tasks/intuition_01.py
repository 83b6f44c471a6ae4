"""Intuition 01: similarity."""

import numpy as np

from course_lib.examples import keys, words
from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import letter, number, ranking, two_numbers, word
from course_lib.exercises.reading import spelled_numbers
from course_lib.exercises.wording import as_pairs, heat_map, markdown_table, pair, signed

KEY = dict(zip(words, keys, strict=True))
PLACES = ("arbo", "belo", "cori", "dalo")  # invented: no name may hint at sun or bustle

# The exercises -------------------------------------------------------------------------------


def first_that_fits(draw, fits):
    """Draw many candidates at once, until one fits; return it.

    draw() returns arrays whose first axis counts the candidates; fits(*arrays) says which fit.
    """
    while True:
        drawn = draw()
        if (good := np.flatnonzero(fits(*drawn))).size:
            return [candidates[good[0]] for candidates in drawn]


def lengths_of(arrows):
    return np.sqrt((arrows**2).sum(axis=-1))


def loudest_inputs(rng):
    def draw():
        wish = rng.integers(1, 3, size=(400, 1, 2))
        return wish, np.concatenate([wish, rng.integers(-4, 5, size=(400, 3, 2))], axis=1)

    def fits(wish, arrows):
        same, loud, far, opposed = np.moveaxis((arrows * wish).sum(axis=-1), -1, 0)
        lengths = lengths_of(arrows).T
        aside = arrows[:, 1, 0] * wish[:, 0, 1] != arrows[:, 1, 1] * wish[:, 0, 0]
        ordered = (loud > same) & (same > far + 1) & (far > opposed + 1)
        return (
            aside & ordered & (arrows[:, 1] >= 0).all(axis=-1)
            & (lengths[2] > lengths[1]) & (lengths[1] > lengths[3]) & (lengths[3] > 0)
        )  # fmt: skip

    wish, arrows = first_that_fits(draw, fits)
    names = shuffled(rng, PLACES)
    return {
        "wish": wish[0],
        "kinds": dict(zip(("same", "loud", "far", "opposed"), names, strict=True)),
        "arrows": dict(zip(names, as_pairs(arrows), strict=True)),
    }


def loudest_question(inputs):
    rows = [[place.title(), *map(signed, inputs["arrows"][place])] for place in PLACES]
    return (
        "Somebody looks for a holiday and wishes for "
        f"**{signed(inputs['wish'][0])} of sun and {signed(inputs['wish'][1])} of bustle**: "
        f"the question is the arrow {pair(inputs['wish'])}. Four places offer:\n\n"
        + markdown_table(["place", "sun", "bustle"], rows)
        + "\n\nWhich place gets the **highest score**? Bet first, then multiply and add. "
        'Answer with its name, such as `"Xeno"`.'
    )


task(
    name="i01_loudest",
    inputs=loudest_inputs,
    probes=word(PLACES, "the highest score goes to that place"),
    question=loudest_question,
)


def by_hand_inputs(rng):
    signs = np.array([-1, -1, 1, 1])
    while True:
        numbers = rng.integers(1, 5, size=4) * rng.permutation(signs)
        question, key = numbers[:2], numbers[2:]
        results = (
            question @ key,
            np.abs(question) @ np.abs(key),
            numbers.sum(),
            question.sum() * key.sum(),
            numbers.prod(),
        )
        if len(set(results)) == len(results):
            return {"question": question, "word": key}


task(
    name="i01_by_hand",
    inputs=by_hand_inputs,
    probes=number(0.01, "each pair is multiplied, and the products are added up"),
    question=lambda i: (
        f"A question is the arrow **{pair(i['question'])}**, a word is the arrow "
        f"**{pair(i['word'])}**. What is the word's **score**? Work it out on paper. "
        "Answer with a number, such as `-99`."
    ),
)


def direction_inputs(rng):
    def draw():
        return rng.integers(1, 4, size=(400, 1, 2)), rng.integers(-5, 6, size=(400, 4, 2))

    def fits(wish, arrows):
        scores, lengths = (arrows * wish).sum(axis=-1), lengths_of(arrows)
        cosines = scores / np.maximum(lengths, 1) / lengths_of(wish)
        gaps = [np.diff(np.sort(measure)).min(axis=-1) for measure in (cosines, scores, lengths)]
        far_enough = (gaps[0] > 0.2) & (gaps[1] > 0) & (gaps[2] > 0.1) & (lengths.min(axis=-1) > 0)
        orders = [np.argsort(measure) for measure in (cosines, -cosines, scores, lengths)]
        differ = [
            (one != other).any(axis=-1)
            for place, one in enumerate(orders)
            for other in orders[:place]
        ]
        return far_enough & np.logical_and.reduce(differ)

    wish, arrows = first_that_fits(draw, fits)
    return {"wish": wish[0], "arrows": dict(zip(PLACES, as_pairs(arrows), strict=True))}


def direction_question(inputs):
    rows = [[place.title(), *map(signed, arrow)] for place, arrow in inputs["arrows"].items()]
    return (
        f"The same holiday office, another wish: {pair(inputs['wish'])} (sun, bustle).\n\n"
        + markdown_table(["place", "sun", "bustle"], rows)
        + "\n\nThis time only the **direction** counts, not the length. Draw the five arrows on "
        "paper and order the places from the one that points most along the wish to the one that "
        "points most against it. Answer with a list of all four, such as "
        '`["Xeno", "Yuma", "Zora", "Wilo"]`.'
    )


task(
    name="i01_direction",
    inputs=direction_inputs,
    probes=ranking(PLACES, "that is the order of the directions"),
    question=direction_question,
)


def silent_inputs(rng):
    while True:
        silent, heard = rng.permutation(words)[:2]
        (a, b), (c, d) = KEY[silent], KEY[heard]
        if a * d != b * c and a * c + b * d != 0:  # neither on one line nor at a right angle
            return {"silent": str(silent), "heard": str(heard)}


def sign(question, name):
    """Return 1 if a word agrees with the question, -1 if not, 0 below 2 % of full strength."""
    score, full = question @ KEY[name], np.hypot(*question) * np.hypot(*KEY[name])
    return int(np.sign(score)) if abs(score) > 0.02 * full else 0


def state(answer, inputs):
    """Say how the word that should be silent takes the question, and if it is silent, the other."""
    question = two_numbers(answer)
    if first := sign(question, inputs["silent"]):
        return np.array("it agrees" if first > 0 else "it disagrees")
    return np.array(("both silent", "heard", "other disagrees")[sign(question, inputs["heard"])])


def state_in_words(got, inputs):
    silent, heard = inputs["silent"], inputs["heard"]
    return {
        "it agrees": f"with your question, the score of {silent} is above zero.",
        "it disagrees": f"with your question, the score of {silent} is below zero.",
        "both silent": f"with your question, {silent} and {heard} both get 0.",
        "other disagrees": f"with your question, {silent} gets 0, but {heard} is below zero.",
    }.get(str(got))


task(
    name="i01_silent",
    inputs=silent_inputs,
    probes={
        "state": Probe(
            state,
            "one word gets 0, the other agrees",
            2,
            (state_in_words,),
            spelled=spelled_numbers,
        ),
    },
    question=lambda i: (
        "Find a question to which **"
        f"{i['silent']}** has nothing to say, a score of 0, while **{i['heard']}** agrees with it: "
        "a score above zero. Drag the tip in the picture below, and type the two numbers that it "
        "shows, such as `[1, -0.5]`. Many answers are right."
    ),
)

TOPICS = ("train", "soup", "storm", "piano")


def heat_map_inputs(rng):
    matrix = np.eye(4)
    asked, right, opposite, other = rng.permutation(4)
    for one, two, low, high in (
        (asked, right, 0.45, 0.55),
        (asked, opposite, -0.75, -0.62),
        (asked, other, -0.05, 0.15),
        (right, other, 0.58, 0.68),  # the most alike of all, but nobody asked
        (right, opposite, -0.3, -0.1),
        (opposite, other, 0.1, 0.3),
    ):
        matrix[one, two] = matrix[two, one] = np.round(rng.uniform(low, high), 2)
    return {"matrix": matrix, "asked": TOPICS[asked]}


task(
    name="i01_heat_map",
    inputs=heat_map_inputs,
    probes=word(TOPICS, "that is the largest of the other numbers in the row"),
    question=lambda i: (
        "Four texts, and the cosine of each with each (purple above zero, orange below):\n\n"
        + heat_map(TOPICS, i["matrix"])
        + f"\n\nWhich **other** text is most like the text about **{i['asked']}**? "
        'Answer with one word, such as `"forest"`.'
    ),
)

SENTENCES = {
    "swapped": (
        ("The lawyer sued the doctor.", "The doctor sued the lawyer."),
        ("The cat chases the mouse.", "The mouse chases the cat."),
        ("The teacher praised the pupil.", "The pupil praised the teacher."),
    ),
    "paraphrase": (
        ("My flight was cancelled.", "The airline called off our trip."),
        ("The meal was delicious.", "We really enjoyed the dinner."),
        ("My laptop will not switch on.", "The computer does not start."),
    ),
    "translated": (
        ("The train is late.", "Der Zug hat Verspätung."),
        ("The water is cold.", "Das Wasser ist kalt."),
        ("The child sleeps.", "Das Kind schläft."),
    ),
    "one-word": (
        ("The match was cancelled.", "He lit the fire with a match."),
        ("She wrote a letter.", "Each word begins with a capital letter."),
        ("Her train was late.", "They train every day."),
    ),
}


def sentences_inputs(rng):
    pairs = {kind: sets[rng.integers(len(sets))] for kind, sets in SENTENCES.items()}
    return {"order": shuffled(rng, SENTENCES), "pairs": pairs}


task(
    name="i01_sentences",
    inputs=sentences_inputs,
    probes=letter(LETTERS, "that pair gets the highest cosine"),
    question=lambda i: (
        "A prediction. The real encoder of the lesson compares these four pairs. Which pair gets "
        "the **highest** cosine?\n\n"
        + choices(
            {kind: f"“{one}” and “{two}”" for kind, (one, two) in i["pairs"].items()},
            i,
            answer_with="its letter",
        )
    ),
)
