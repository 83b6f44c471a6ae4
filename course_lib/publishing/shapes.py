"""Parts of a text that are made, found by their shape, so that nothing else is ever touched."""

import re

from course_lib.files.cells import Trouble


def put(text: str, shape: str, made: str, *, place: str) -> str:
    """Return a text in which the one part of this shape is what it should be.

    shape: a regular expression, ^ and $ for lines. place: where the text stands, for the error.

    Raises:
        Trouble: there is no such part, or more than one; it shows the line that is wanted.

    Example:
        >>> put("about 2 lessons", r"\\d+ lessons", "3 lessons", place="here")
        'about 3 lessons'
    """
    count = len(re.findall(shape, text, re.MULTILINE))
    if count != 1:
        said = f"has {count} times" if count else "lacks"
        raise Trouble(f"{place} {said} what is made there from the registry, once:\n{made}")
    return re.sub(shape, lambda _: made, text, flags=re.MULTILINE)


def between(text: str, name: str, made: str, *, place: str) -> str:
    """Return a text in which what is made stands between two marks that no page shows.

    Raises:
        Trouble: the marks are not there once.

    Example:
        >>> between("<!-- it -->old<!-- /it -->", "it", "new", place="here")
        '<!-- it -->\\n\\nnew\\n\\n<!-- /it -->'
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    return put(text, rf"{begin}[\s\S]*?{end}", f"{begin}\n\n{made}\n\n{end}", place=place)
