"""Lesson 11: a machine that writes, made of the course's own layers, and what it has read.

==============  ================================================================================
module          what it holds
==============  ================================================================================
corpus          ``course_corpus``: this course's own prose; ``make_corpus``: a text of yours
pieces          ``merges`` by hand, ``learn_pieces``: text becomes numbers and text again
model           ``CausalLanguageModel``: layers that look back only, and name the next piece
batches         rows of numbers become rectangles, padded on the left; targets, shifted
learning        ``train_writer``: with a bar, seconds and snapshots; ``mean_loss`` on any text
baselines       what it must beat: guessing blindly, counting pieces, counting pairs
choosing        the loss; the likeliest piece, or one drawn: temperature, top-k, top-p
cache           ``step``: keys and values that are kept, so that nobody reads twice
generating      ``write``: on from a prompt, or from many at once
keeping         ``save`` and ``load``
==============  ================================================================================

The pieces of words are this lesson's tokens; number 0 is ``<end>``, between texts.
"""

from course_lib.writing.baselines import blind_loss, pair_loss, single_loss
from course_lib.writing.batches import Batch, make_batch
from course_lib.writing.cache import Cache, empty_cache, step
from course_lib.writing.choosing import (
    draw,
    greedy,
    next_token_loss,
    sample,
    shares,
    top_k,
    top_p,
)
from course_lib.writing.corpus import Corpus, course_corpus, make_corpus
from course_lib.writing.generating import Moment, moments_of, write
from course_lib.writing.keeping import load, save
from course_lib.writing.learning import mean_loss, train_writer
from course_lib.writing.model import CausalLanguageModel, causal_and_real, places_of
from course_lib.writing.pieces import END, Pieces, learn_pieces, merges

__all__ = [
    "END",
    "Batch",
    "Cache",
    "CausalLanguageModel",
    "Corpus",
    "Moment",
    "Pieces",
    "blind_loss",
    "causal_and_real",
    "course_corpus",
    "draw",
    "empty_cache",
    "greedy",
    "learn_pieces",
    "load",
    "make_batch",
    "make_corpus",
    "mean_loss",
    "merges",
    "moments_of",
    "next_token_loss",
    "pair_loss",
    "places_of",
    "sample",
    "save",
    "shares",
    "single_loss",
    "step",
    "top_k",
    "top_p",
    "train_writer",
    "write",
]
