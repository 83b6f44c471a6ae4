"""What each exercise asks: one file for each track and lesson, ``<track>_<NN>.py``.

A file declares the exercises that ``lessons.toml`` lists for its lesson, in that order, with
``task(...)`` or ``ordering.task(...)``. It imports no answers, and no other lesson's file.
"""
