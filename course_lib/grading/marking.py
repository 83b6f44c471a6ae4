"""Mark a class: whose submission is whose, what is finished already, the rest side by side."""

import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from course_lib.grading import finished, judging, servers
from course_lib.grading.marks import Mark
from course_lib.grading.releases import Release
from course_lib.grading.runs import Run
from course_lib.grading.submissions import Submission, order


def by_roster(
    release: Release, submissions: Mapping[str, Sequence[Submission]]
) -> dict[str, list[Submission]]:
    """Return {student: files} with the roster's ids as names, as far as it knows the students."""
    named = {}
    for name, files in submissions.items():
        known = release.student(name, files[-1].canvas_id)
        named.setdefault(known.id if known else name, []).extend(files)
    return {student: sorted(files, key=order) for student, files in named.items()}


def mark_all(
    run: Run,
    submissions: Mapping[str, Sequence[Submission]],
    *,
    jobs: int = 1,
    walls: bool = True,
    scheduler: str | None = None,
    tell: Callable[[str], object] = lambda student: None,
) -> dict[str, Mark]:
    """Mark {student: submissions}; return their marks in order.

    A finished mark is stored at once, and found again when the marking is begun once more.
    scheduler: the address of a Dask cluster, which then does the work. tell: called with each
    student whose mark is there.
    """
    marks, todo = {}, {}
    for student, files in submissions.items():
        if stored := finished.stored(run, student, files[-1]):
            marks[student] = judging.handed_in(stored, run, files)
            if marks[student] != stored:
                finished.store(run, marks[student])
            tell(student)
        else:
            todo[student] = files

    def store(mark):
        finished.store(run, mark)
        marks[mark.student] = mark
        tell(mark.student)

    if scheduler and todo:
        from course_lib.grading import cluster

        cluster.mark_all(scheduler, run, todo, store, walls=walls)
    else:
        _mark_here(run, todo, store, jobs, walls)
    return {student: marks[student] for student in submissions}


def weakest(marks: Mapping[str, Mark]) -> str:
    """Return how strong the walls were, at the weakest of the marks."""
    strengths = {mark.walls for mark in marks.values()}
    return next((s for s in ("self-check", "limits") if s in strengths), "walls")


def _mark_here(run, submissions, store, jobs, walls):
    """Mark on this machine, with one server for each of the jobs."""
    free, started = queue.SimpleQueue(), []

    def one(student):
        server = free.get()
        try:
            store(judging.mark(run, server, student, submissions[student]))
        finally:
            free.put(server)

    try:
        for number in range(min(jobs, len(submissions))):
            server = servers.server(run.release.lesson, number=number, walls=walls)
            started.append(server)
            server.start()
            free.put(server)
        with ThreadPoolExecutor(max(1, len(started))) as pool:
            list(pool.map(one, submissions))
    finally:
        for server in started:
            server.__exit__()
