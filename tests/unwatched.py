"""Judge without time limit and, from some point on, without an ear: both cost more than answers."""

from collections.abc import Callable

from course_lib.exercises import judge


def unwatched(monkeypatch) -> Callable[[bool], None]:
    """Take the time limit away; return ``listen(yes)``, which says whether calls are heard.

    Which functions an answer calls does not hang on the numbers: a few draws are heard.
    """
    monkeypatch.setattr(judge, "SECONDS", None)
    listening, run = [True], judge.run

    def heard(*arguments, forbids=(), **options):
        return run(*arguments, forbids=forbids if listening[0] else (), **options)

    def listen(yes: bool) -> None:
        listening[0] = yes

    monkeypatch.setattr(judge, "run", heard)
    return listen
