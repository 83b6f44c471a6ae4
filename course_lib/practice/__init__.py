"""Practice without end: tasks drawn from the family of attentions, that nobody has seen before."""

from course_lib.practice.drawing import NAMES, by_key, draw, fair
from course_lib.practice.specification import Specification

__all__ = ["NAMES", "Specification", "by_key", "draw", "fair"]
