"""Tables that a teacher writes: CSV as spreadsheets save it, with commas, semicolons or tabs."""

import csv
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from course_lib.files.cells import Trouble


def rows_of(
    file: str | PathLike[str], needed: Iterable[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, {column: text}) of a CSV file that has the columns in ``needed``.

    Headings count in any case; empty lines are left out.

    Raises:
        Trouble: the file is no such table; it says what to mend.
    """
    file = Path(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not text in UTF-8: save it as “CSV UTF-8”.") from None
    except OSError as error:
        raise Trouble(f"{file} can't be read: {error.strerror}.") from None
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count))
    try:
        headings = [heading.strip().casefold() for heading in next(reader, [])]
        if missing := [column for column in needed if column not in headings]:
            found = ", ".join(headings) or "nothing"
            raise Trouble(
                f"{file} needs a line of headings with {' and '.join(missing)}; it has {found}."
            )
        for cells in reader:
            texts = [cell.strip() for cell in cells]
            if any(texts):
                yield reader.line_num, dict(zip(headings, texts + [""] * len(headings)))
    except csv.Error as error:
        raise Trouble(f"{file}, line {reader.line_num} can't be read: {error}.") from None


def number(text: str) -> float:
    """Return a number that may have a decimal comma.

    Raises:
        ValueError: the text is no number.

    Example:
        >>> number("2,5")
        2.5
    """
    return float(text.replace(",", "."))
