"""What is right and what is wrong, kept apart from what is asked: ``<track>_<NN>.py``.

Each file has ``ANSWERS``, from the name of an exercise to its ``Answers``. To add a misconception,
write an entry in ``wrong``, slug: wrong implementation, and a line with the same slug, in words, in
``hints/<track>_<NN>.md`` (``hinting.py`` says how it is written).
"""
