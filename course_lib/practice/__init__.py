"""Practice without end: tasks drawn from the family of attentions, that nobody has seen before.

    from course_lib.practice import practice
    task = practice("attention")

``NAMES`` are the kinds of task. ``draw`` returns a task for a program; a drawn task is an exercise
of the engine under its key: ``examine("attention@7", answer)``.
"""

from course_lib.practice.drawing import NAMES, by_key, draw, fair
from course_lib.practice.practising import practice
from course_lib.practice.specification import Specification

__all__ = ["NAMES", "Specification", "by_key", "draw", "fair", "practice"]
