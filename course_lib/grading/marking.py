"""Mark a class: which file counts, what is finished already, the rest side by side."""

import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from course_lib import __version__
from course_lib.grading import choosing, finished, judging, servers, times
from course_lib.grading.marks import Mark, unjudged
from course_lib.grading.owners import by_roster as by_roster
from course_lib.grading.runs import Run
from course_lib.grading.submissions import Submission


def mark_all(
    run: Run,
    submissions: Mapping[str, Sequence[Submission]],
    *,
    jobs: int = 1,
    walls: bool = True,
    scheduler: str | None = None,
    tell: Callable[[str], object] = lambda student: None,
    renewed: list[str] | None = None,
    private: Sequence[Path] = (),
) -> dict[str, Mark]:
    """Mark {student: submissions}; return their marks in order.

    A finished mark is stored at once, and found again when the marking is begun once more.
    scheduler: the address of a Dask cluster, which then does the work. tell: called with each
    student whose mark is there. renewed: a list that gets the students who are marked anew because
    the course judges otherwise by now. private: files and folders that no notebook may see, beside
    the marks.
    """
    marks: dict[str, Mark] = {}
    chosen: dict[str, choosing.Choice] = {}

    def store(mark):
        whole = with_files(run, mark, submissions[mark.student], chosen[mark.student])
        if not whole.blank:
            finished.store(run, whole)
        marks[mark.student] = whole
        tell(mark.student)

    for student, files in submissions.items():
        chosen[student] = choice = choosing.choose(run, files)
        if not choice.files:
            exercises = unjudged(run.release.points, "not-marked", choice.problem or "")
            store(Mark(student, exercises, problem=choice.problem, version=__version__))
        elif stored := finished.stored(run, student, choice.files[-1], renewed):
            marks[student] = with_files(run, stored, files, choice)
            if marks[student] != stored:
                finished.store(run, marks[student])
            tell(student)
    todo = {student: chosen[student].files for student in submissions if student not in marks}

    if scheduler and todo:
        from course_lib.grading import cluster

        cluster.mark_all(scheduler, run, todo, store, walls=walls)
    else:
        _mark_here(run, todo, store, jobs, walls, [run.folder, *private])
    return {student: marks[student] for student in submissions}


def with_files(run: Run, mark: Mark, files: Sequence[Submission], choice: choosing.Choice) -> Mark:
    """Return a mark with what is known of its files, and when they came, without reading them."""
    last = choice.files[-1] if choice.files else files[-1]
    same = times.order(mark.arrived) == times.order(last.arrived)
    arrived = mark.arrived if same and mark.arrived else last.arrived
    late = (
        True if last.late else False if last.canvas_id else times.is_late(arrived, run.release.due)
    )
    return replace(
        mark,
        run=mark.run if run.fits(mark.run) and mark.version is None else run.lasting_digest,
        tasks=mark.tasks or (run.tasks if mark.version else None),
        drawn=run.given(mark.student).digest if run.release.drawn else None,
        file=last.file,
        arrived=arrived,
        late=late,
        others=tuple(file.file for file in choice.files[:-1]),
        notes=choice.notes,
        claims=last.claims,
    )


def weakest(marks: Mapping[str, Mark]) -> str:
    """Return how strong the walls were, at the weakest of the marks."""
    strengths = {mark.walls for mark in marks.values()}
    return next((s for s in ("self-check", "limits") if s in strengths), "walls")


def _mark_here(run, submissions, store, jobs, walls, private):
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
            server = servers.server(
                run.release.lesson,
                drawn=run.release.drawn_names,
                number=number,
                walls=walls,
                private=private,
            )
            started.append(server)
            server.start()
            free.put(server)
        with ThreadPoolExecutor(max(1, len(started))) as pool:
            list(pool.map(one, submissions))
    finally:
        for server in started:
            server.__exit__()
