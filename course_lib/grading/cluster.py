"""Mark on many machines: each submission is a task of a Dask cluster that runs already."""

import atexit
import functools
import itertools
import os
from collections.abc import Callable, Mapping, Sequence

from course_lib.files.cells import Trouble
from course_lib.grading import judging, servers
from course_lib.grading.marks import Mark
from course_lib.grading.runs import Run
from course_lib.grading.submissions import Submission


def mark_all(
    scheduler: str,
    run: Run,
    submissions: Mapping[str, Sequence[Submission]],
    store: Callable[[Mark], object],
    *,
    walls: bool = True,
) -> None:
    """Mark {student: submissions} on the workers of a scheduler ("tcp://host:8786").

    store: called here with each mark as it is done. Every worker needs this course installed, in
    the same version.

    Raises:
        Trouble: there is no such scheduler, or it has no workers.
    """
    try:
        from distributed import Client, as_completed
    except ModuleNotFoundError:
        raise Trouble(
            'marking on a cluster needs Dask: pip install "attention-course[cluster]"'
        ) from None
    try:
        client = Client(scheduler, timeout=20)
    except (OSError, ValueError) as error:
        raise Trouble(f"the scheduler {scheduler} can't be reached: {error}") from None
    with client:
        if not (workers := client.nthreads()):
            raise Trouble(f"the scheduler {scheduler} has no workers.")
        todo = (
            client.submit(_mark, run, student, [*files[:-1], files[-1].held()], walls, pure=False)
            for student, files in submissions.items()
        )
        # not a whole class's notebooks at once, but enough for each worker to have the next one
        under_way = as_completed(itertools.islice(todo, 2 * sum(workers.values())))
        for task in under_way:
            store(task.result())
            under_way.update(itertools.islice(todo, 1))


def _mark(run, student, files, walls):
    """Mark one student on this worker, which keeps its server for the next."""
    return judging.mark(
        run, _server(run.release.lesson, run.release.drawn_names, walls), student, files
    )


@functools.cache
def _server(lesson, drawn, walls):
    server = servers.server(lesson, drawn=drawn, number=1000 + os.getpid() % 3000, walls=walls)
    server.start()
    atexit.register(server.__exit__)
    return server
