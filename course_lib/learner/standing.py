"""Which drawn tasks stand for which exercises: they bring fresh numbers when it is time."""

from course_lib.lessons import places

PRACTICE = {  # what brings fresh numbers for the exercises of a lesson, by track and number
    "code": "scores shares attention scores attention layer layer layer multi_head "
    "transformer_layer transformer_layer".split(),
    "maths": "symmetries symmetries symmetries symmetries symmetries backward backward "
    "symmetries counts counts counts".split(),
}


def practised(name: str) -> str:
    """Return what is drawn anew for an exercise: "shares" for softmax; a drawn task's own kind."""
    if "@" in name:
        return name.partition("@")[0]
    track, _, lesson = places().get(name, "/").partition("/")
    if track == "intuition":
        return "stories"
    row = PRACTICE.get(track, [])
    number = int(lesson[:2] or 0) if lesson[:2].isdigit() else 0
    return row[number - 1] if 0 < number <= len(row) else ""
