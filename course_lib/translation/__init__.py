"""Lessons 07 and 10: translate dates and quantities, train translators, see where they look.

==============  ================================================================================
module          what it holds
==============  ================================================================================
words           the known languages; text and number words become tokens
patterns        how a language says a quantity, a date and a list (CLDR, through Babel)
corpus          ``make_corpus``: sentence pairs to train with, to test, and fresh ones
vocabulary      tokens become numbers
batches         sentences become rectangles of numbers
translator      ``Translator``: what a model offers
threads         how many cores torch may use
learning        ``train_translator``: with a bar, seconds and snapshots
decoding        ``translate`` a sentence that you typed, ``translate_all`` those of a corpus
scoring         ``bleu``, ``exact_match``, ``score_by_length``
alignment       ``number_alignment``: where the parts of a number look
==============  ================================================================================

A model is whatever offers the methods of ``Translator``: ``start`` reads the source, ``decode``
reads target words after those it has read, and calling the model does one after the other.

In training all the target words are read at once; in translating one at a time. A recurrent model's
state holds its hidden state; a Transformer's holds the words that it has read so far.
"""

from course_lib.translation.alignment import Alignment, number_alignment, number_groups
from course_lib.translation.batches import Batch, draw_batches, in_numbers, make_batch
from course_lib.translation.corpus import Corpus, Pair, make_corpus
from course_lib.translation.decoding import Translation, translate, translate_all
from course_lib.translation.learning import train_translator
from course_lib.translation.scoring import Score, bleu, exact_match, score_by_length
from course_lib.translation.translator import Translator
from course_lib.translation.vocabulary import Vocabulary
from course_lib.translation.words import known_languages

__all__ = [
    "Alignment",
    "Batch",
    "Corpus",
    "Pair",
    "Score",
    "Translation",
    "Translator",
    "Vocabulary",
    "bleu",
    "draw_batches",
    "exact_match",
    "in_numbers",
    "known_languages",
    "make_batch",
    "make_corpus",
    "number_alignment",
    "number_groups",
    "score_by_length",
    "train_translator",
    "translate",
    "translate_all",
]
