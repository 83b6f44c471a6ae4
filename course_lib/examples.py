"""The running example of all tracks: the headline "River bank lends money".

Each of its four words is an item. The word *bank* asks: "which kind of bank am I?" Its question is
the ``query``. Every word can be found by its ``key``, and hands over its ``value``. The numbers are
small enough to check on paper; lesson 08 meets the same word again in a real encoder.

Example:
    >>> for word, key, value in zip(words, keys, values):
    ...     print(f"{word:6}", key, value)
    river  [ 2. -1.] [10.  0.  0.]
    bank   [1. 1.] [5. 5. 0.]
    lends  [-2.  1.] [ 0.  4. 10.]
    money  [0. 3.] [ 0. 10.  2.]
"""

import numpy as np

words = ("river", "bank", "lends", "money")
query_word = "bank"

key_features = ("water", "finance")
value_features = ("shore", "institution", "doing")
word_features = ("water", "finance", "place", "action", "stuff")


def _frozen(rows):
    """Return a float array that raises an error where a lesson would change it by accident."""
    array = np.array(rows, dtype=float)
    array.setflags(write=False)
    return array


query = _frozen([1, 1])  # (d_k,) = (2,)    "water or finance: which kind of bank am I?"
keys = _frozen(  # (n, d_k) = (4, 2)
    [
        [2, -1],  # river
        [1, 1],  # bank
        [-2, 1],  # lends
        [0, 3],  # money
    ]
)
values = _frozen(  # (n, d_v) = (4, 3)
    [
        [10, 0, 0],  # river
        [5, 5, 0],  # bank
        [0, 4, 10],  # lends
        [0, 10, 2],  # money
    ]
)

# From lesson 05 on every word asks; bank's question is the one above.
queries = _frozen(  # (n, d_k) = (4, 2)
    [
        [1, 0],  # river: "who is about water?"
        [1, 1],  # bank
        [0, 1],  # lends: "who is about finance?"
        [-1, 0],  # money: "who is not about water?"
    ]
)

# From lesson 06 on all three come from one vector for each word: x @ w_q, x @ w_k, x @ w_v.
x = _frozen(  # (n, d_model) = (4, 5)
    [
        [2, 0, 1, 0, 0],  # river
        [1, 1, 1, 0, 0],  # bank
        [0, 1, 0, 1, 0],  # lends
        [0, 2, 0, 0, 1],  # money
    ]
)
w_q = _frozen([[0, 0], [0, 1], [1, 0], [0, 0], [-1, -2]])  # (d_model, d_k) = (5, 2)
w_k = _frozen([[1, -1], [0, 1], [0, 1], [-2, 0], [0, 1]])  # (d_model, d_k) = (5, 2)
w_v = _frozen(  # (d_model, d_v) = (5, 3)
    [[5, 0, 0], [0, 5, 0], [0, 0, 0], [0, -1, 10], [0, 0, 2]]
)

# In lesson 09 a second head reads the same x, with another question: "who does what here?"
second_w_q = _frozen([[0, 0], [0, 0], [2, 0], [0, 2], [2, 0]])  # (d_model, d_k) = (5, 2)
second_w_k = _frozen([[0, 0], [0, 0], [0, 0], [2, 0], [0, 2]])  # (d_model, d_k) = (5, 2)
second_w_v = _frozen(  # (d_model, d_v) = (5, 3)
    [[0, 0, 0], [0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10]]
)
second_key_features = ("action", "stuff")
second_value_features = ("place", "action", "stuff")

# What both heads found, side by side, becomes one vector of word_features again: @ w_o.
w_o = _frozen(  # (n_heads * d_v, d_model) = (6, 5)
    [
        [0.2, 0, 0, 0, 0],  # shore -> water
        [0, 0.2, 0, 0, 0],  # institution -> finance
        [0, 0, 0, 0.1, 0],  # doing -> action
        [0, 0, 0.1, 0, 0],  # place
        [0, 0, 0, 0.1, 0],  # action
        [0, 0, 0, 0, 0.1],  # stuff
    ]
)

# The two meanings of *bank*, for the real encoder of lesson 08.
river_banks = (
    "We sat on the bank of the river.",
    "The boat drifted to the far bank.",
    "They fished from the muddy bank.",
    "Reeds grew along the bank of the stream.",
)
money_banks = (
    "The bank lends money.",
    "She opened an account at the bank.",
    "The bank raised its interest rates.",
    "My bank sent me a new credit card.",
)
