"""A drawn task: what was drawn, its question, its right answers, its wrong ones, and its check."""

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, partial
from typing import Any

import numpy as np

from course_lib.exercises import Report, examine, judge
from course_lib.exercises.catalogue import answers_of, task_of
from course_lib.exercises.declare import Answers, Hint, Misconception, Probe, Task
from course_lib.exercises.examining import inputs_of, right
from course_lib.practice import asking, composing
from course_lib.practice.declare import SMALL, Choice, Kind, Option, Options, Room, enough
from course_lib.practice.members import DrawnTask, Member, alike
from course_lib.practice.seeds import stream

EXAMPLES = 12  # that are drawn, for the one that shows most
GROWS = 4  # sizes of an example, the next one larger by a query and a key, until it shows all
TINY = 1e-6  # what a number may be off by, whatever its size
SETS = 4  # of inputs that show which programs can be told apart at all
TRIES = 60  # draws of inputs, until they tell every neighbour from what is right
LONG = 4  # times as many, where what must be told is not yet told
PUBLISHED = "published"
OTHERWISE = (
    "Go through the question sentence by sentence, beside your lines. Which sentence has none?"
)
Program = tuple[str, str, str]  # slug, text, hint


@dataclasses.dataclass(frozen=True)
class Specification(Member):
    """A function to write that was drawn; ``draw`` makes it."""

    kind: Kind

    @cached_property
    def arguments(self) -> Mapping[str, str]:
        """The function's arguments, in order: {name: its shape}."""
        return self.kind.arguments(self.options)

    @property
    def signature(self) -> str:
        """How the function is called: "attention(q, k, v, mask)"."""
        return f"{self.name}({', '.join(self.arguments)})"

    # What is right --------------------------------------------------------------------------

    @cached_property
    def source(self) -> str:
        """A right answer, as a program to read."""
        return self._program(self.options)

    @cached_property
    def reference(self) -> Callable:
        """A right answer, called as the signature says."""
        return composing.made(self.source, self.name)

    @cached_property
    def ways(self) -> Mapping[str, Callable]:
        """Other ways to be right, which share no line with the reference: "loop", "torch"."""
        names = list(self.arguments)
        return {way: make(self.options, names) for way, make in self.kind.ways.items()}

    def _program(self, options: Options) -> str:
        return composing.program(self.name, self.arguments, self.kind.steps(options))

    # What is wrong --------------------------------------------------------------------------

    @property
    def one_axis(self) -> tuple[Program, ...]:
        """The programs that differ on one axis: (slug, text, hint)."""
        return tuple(program for program, _ in self._one_axis)

    @cached_property
    def _one_axis(self) -> tuple[tuple[Program, Choice], ...]:
        """The same, each with what was taken in the place of the drawn option."""
        rng, found = stream(self.key, "rivals"), {}
        for axis, choice in self.options.items():
            for other in self._rivals(axis, choice):
                numbers = {
                    key: choice.numbers.get(key, values[int(rng.integers(len(values)))])
                    for key, values in other.numbers.items()
                }
                taken = Choice(axis, other, numbers or choice.numbers)
                text = self._program({**self.options, axis: taken})
                hint = f"That is right where {taken.done}. Here {choice.done}."
                if text != self.source and text not in found:
                    found[text] = (f"{axis}: {other.name}", text, hint), taken
        return tuple(found.values())

    def _rivals(self, axis: str, choice: Choice) -> list[Option]:
        """Return the options of an axis that the given arguments allow, and the near misses."""
        option, known = choice.option, self.kind.axes[axis]
        rivals = [o for o in known if option.rivals is None or o.name in option.rivals]
        able = [o for o in (*rivals, *option.slips) if set(o.needs) <= set(self.arguments)]
        return [o for o in able if o.name != option.name]

    @cached_property
    def slips(self) -> tuple[Program, ...]:
        """The programs of the mistakes that any draw can meet, where they make a difference."""
        return tuple(
            (slip.slug, self.source.replace(slip.old, slip.new), slip.hint)
            for slip in self.kind.slips
            if slip.old in self.source
        )

    @cached_property
    def _wrong(self) -> tuple[tuple[Program, Callable], ...]:
        """The wrong programs and what they make, each known by what it does on some inputs."""
        kept, known = [], [0]
        for n, each in enumerate((*self.one_axis, *self.slips), start=1):
            if all(self._are_told(n, m) for m in known):
                known.append(n)
                kept.append((each, self._programs[n]))
        return tuple(kept)

    def _are_told(self, n: int, m: int) -> bool:
        """Say whether a check tells two programs apart, whatever its inputs.

        By numbers, time after time; or, where one is a slip, by float32 or large scores, on each of
        some inputs. The small case has too few numbers to count on.
        """
        if self._can_differ[n, m] or max(n, m) <= len(self.one_axis):
            return bool(self._always_differ[n, m])
        probes = {key: probe for key, probe in self.task.probes.items() if key != "small"}
        return all(
            not all(judge.alike(p, one[key], other[key]) for key, p in probes.items())
            for one, other in zip(self._all_came(n), self._all_came(m))
        )

    def _all_came(self, n: int) -> Iterator[dict[str, judge.Outcome]]:
        """Yield what a program makes of the inputs of several checks, the first one's first."""
        for at in range(SETS):
            if (n, at) not in self._known:
                self._known[n, at] = self._came(self._programs[n], at)
            yield self._known[n, at]

    @cached_property
    def _known(self) -> dict[tuple[int, int], dict[str, judge.Outcome]]:
        return {}

    def _made(self, text: str) -> Callable:
        return composing.made(text, self.name)

    @cached_property
    def neighbours(self) -> Mapping[str, Callable]:
        """The wrong answers that are known by name, called as the signature says."""
        return {slug: wrong for (slug, _, _), wrong in self._wrong}

    # How it is judged -----------------------------------------------------------------------

    def example(self) -> dict[str, Any]:
        """Return the arguments of the example in the question.

        It has two queries and three keys, or as many as it takes to see what was drawn. Of some,
        it is the one that shows most: in which most of the wrong answers look wrong.
        """
        return copy.deepcopy(self._example[0])

    @cached_property
    def _example(self) -> tuple[dict[str, Any], bool]:
        """The example, and whether it tells all wrong answers that it has room for."""
        rng, best, most = stream(self.key, "example"), {}, (-1, -1)
        room = enough(*self.options.values())
        fits = [enough(*self.options.values(), taken) == room for _, taken in self._one_axis]
        for more in range(GROWS):
            wider = {name: room[name] + more for name in ("queries", "keys")}
            for _ in range(EXAMPLES):
                made = self._small(rng, {**room, **wider})
                shown = self._shows(made)
                count = sum(np.logical_and(shown, fits)), sum(shown)
                if count > most:
                    best, most = made, count
                if all(shown):
                    return best, True
            if most[0] == sum(fits):
                return best, True
        return best, False

    @cached_property
    def _item_by_item(self):
        return next(iter(self.kind.ways.values()))(self.options, list(self.arguments))

    def _shows(self, made):
        right = self._read(self.reference, made)
        came = [self._read(self._made(text), made) for _, text, _ in self.one_axis]
        return [each is None or right is None or not near(each, right) for each in came]

    def _small(self, rng: Any, room: Room = SMALL) -> dict[str, Any]:
        for _ in range(TRIES):
            made = self.kind.inputs(rng, self.options, room)
            right = self._read(self.reference, made)
            same = self._read(self._item_by_item, made)
            if right is not None and same is not None and near(right, same):
                break  # no ties, nothing that is not a number
        return self._in_order(made)

    def inputs(self, rng: Any) -> dict[str, Any]:
        """Return fresh inputs of a check: they tell all programs apart that can be told apart."""
        best, _ = self._telling(rng, self._always_differ)
        small = self._small(rng)
        return best | {f"small {name}": value for name, value in small.items()}

    def _telling(
        self, rng: Any, must: np.ndarray | None = None
    ) -> tuple[dict[str, Any], np.ndarray]:
        """Return the inputs, of some, that tell most programs apart, and which those are.

        must: which have to be told apart, above all; it is tried for longer until they are.
        """
        can, best = self._can_differ, {}
        must = np.zeros_like(can) if must is None else must
        told, most = np.zeros_like(can), (-1, -1)
        for n in range(LONG * TRIES):
            made = self._in_order(self.kind.inputs(rng, self.options, None))
            apart = self._apart(made) & can
            count = int((apart & must).sum()), int(apart.sum())
            if count > most:
                best, told, most = made, apart, count
            if most == (must.sum(), can.sum()) or n >= TRIES and most[0] == must.sum():
                break
        return best, told

    @cached_property
    def _always_differ(self) -> np.ndarray:
        """Which programs the inputs of a check tell apart, time after time."""
        rng = stream(self.key, "always")
        return np.all([self._telling(rng)[1] for _ in range(SETS)], axis=0)

    @cached_property
    def _programs(self) -> list[Callable]:
        """The right one, and all wrong ones."""
        texts = [self.source, *(text for _, text, _ in (*self.one_axis, *self.slips))]
        return [self._made(text) for text in texts]

    @cached_property
    def _can_differ(self) -> np.ndarray:
        """Which programs can be told apart by some inputs: a table of booleans."""
        rng = stream(self.key, "apart")
        draws = (self.kind.inputs(rng, self.options, None) for _ in range(SETS))
        return np.any([self._apart(self._in_order(made)) for made in draws], axis=0)

    def _apart(self, made: dict[str, Any]) -> np.ndarray:
        """Return which programs give different numbers, or other errors, for some inputs."""
        came = [self._numbers(program, made) for program in self._programs]
        apart = np.ones((len(came), len(came)), dtype=bool)
        for kind in {each[0] for each in came}:
            at = [n for n, each in enumerate(came) if each[0] == kind]
            rows = np.array([came[n][1] for n in at])
            gaps = np.abs(rows[:, None] - rows) > 1e-3 * (1 + np.abs(rows))
            apart[np.ix_(at, at)] = gaps.any(axis=-1)
        return apart

    def _numbers(self, function, made):
        """Return (what kind of thing came, its numbers in a row) of a program."""
        try:
            with np.errstate(all="ignore"):
                result = self.kind.reads(self.options)(function(*made.values()))
        except Exception as error:
            return f"{type(error).__name__}: {error}", np.zeros(0)
        found = result if isinstance(result, dict) else {"result": result}
        arrays = {name: np.asarray(value, dtype=float) for name, value in found.items()}
        shapes = str({name: a.shape for name, a in arrays.items()})
        row = np.concatenate([a.ravel() for a in arrays.values()])
        return shapes, np.nan_to_num(row, nan=1e30, posinf=2e30, neginf=-2e30)

    def _in_order(self, made):
        return {name: made[name] for name in self.arguments}

    def _read(self, function, made):
        """Return what a function makes of arguments, or None if it raises or is no number."""
        try:
            with np.errstate(all="ignore"):
                result = self.kind.reads(self.options)(function(*self._in_order(made).values()))
        except Exception:
            return None
        found = result if isinstance(result, dict) else {"result": result}
        arrays = {name: np.asarray(value) for name, value in found.items()}
        return arrays if all(np.isfinite(a).all() for a in arrays.values()) else None

    @cached_property
    def task(self) -> Task:
        """The task as the engine of the exercises asks it."""
        return DrawnTask(
            self.key, self.inputs, self._probes(), asking.FORBIDS, place=self.kind.place
        )

    def _probes(self):
        def call(change):
            def run(answer, inputs):
                given = {name: inputs[name] for name in self.arguments}
                return self.kind.reads(self.options)(answer(*change(given, inputs).values()))

            return run

        loud = "w_score" if str(self.options.get("score")) == "additive" else self.kind.loud
        probes = {
            "values": Probe(call(lambda given, _: given), self.kind.holds, 3, absolute=TINY),
            "small": Probe(call(smaller), self.kind.also, absolute=TINY),
        }
        if self.kind.floats:
            holds = "float32 works, and nothing that comes in is changed"
            probes["kinds"] = Probe(call(plainer), holds, absolute=TINY)
        if self.kind.loud:
            holds = "scores in the ten thousands work"
            probes["loud"] = Probe(call(partial(louder, loud)), holds, absolute=TINY)
        return probes

    def _came(self, answer, at=0):
        """Return what each probe makes of one of our own programs. at: on which inputs."""
        found = {}
        for key, probe in self.task.probes.items():
            try:
                with np.errstate(all="ignore"):
                    result = probe.run(answer, self._some_inputs(at))
                arrays = result if isinstance(result, dict) else {"result": result}
                found[key] = judge.Outcome({name: np.asarray(a) for name, a in arrays.items()})
            except Exception as error:
                found[key] = judge.Outcome(error=error)
        return found

    def _some_inputs(self, at):
        if at not in self._drawn:
            self._drawn[at] = self.inputs(np.random.default_rng(at))
        return self._drawn[at]

    @cached_property
    def _drawn(self) -> dict[int, dict[str, Any]]:
        return {}

    @cached_property
    def answers(self) -> Answers:
        """What is right and what is wrong, as the engine wants it."""
        reread = self.kind.place
        known = [Misconception(slug, wrong, hint, reread) for (slug, _, hint), wrong in self._wrong]
        for name, called in self.kind.published.items():
            wrong = answers_of(name).reference
            known.append(Misconception(PUBLISHED, wrong, again(called), reread))
        return Answers(
            reference=self.reference,
            misconceptions=tuple(known),
            fallback=Hint(OTHERWISE, reread),
        )

    @cached_property
    def sound(self) -> bool:
        """Whether the check can tell all, each neighbour and each published exercise; and whether
        the example does, as far as it has room for it.
        """
        if not self._always_differ[0, 1 : 1 + len(self.one_axis)].all():
            return False
        right = self._came(self.reference)
        if any(outcome.error for outcome in right.values()):
            return False
        wrong = [self._made(text) for _, text, _ in self.one_axis]
        wrong += [answers_of(name).reference for name in self.kind.published]
        if any(alike(self.task, self._came(each), right) for each in wrong):
            return False
        return self._example[1]

    def check(self, answer: object, *, seed: int | None = None) -> Report:
        """Return the report on an answer; it never raises for what the answer does.

        seed: repeats the inputs of the check, fresh ones otherwise.
        """
        return self.named(examine(self.key, answer, seed=seed), answer)

    def named(self, report: Report, answer: object) -> Report:
        """Return the report; an answer to a published exercise is told by its name, and earns 0.

        Whoever hands it in may have parts right by chance, and has not read the specification.
        """
        if report.passed or not report.attempted:
            return report
        called = next((c for n, c in self.kind.published.items() if solves(n, answer)), None)
        if called is None:
            return report
        if report.diagnosis in self.neighbours:
            hint = f"{again(called)} {report.hint}"
            return dataclasses.replace(report, earned=0, hint=hint)
        return dataclasses.replace(report, earned=0, diagnosis=PUBLISHED, hint=again(called))

    @cached_property
    def question(self) -> str:
        """The question as Markdown: a case with numbers, what happens in it, the signature."""
        return asking.question(self)


def again(called: str) -> str:
    """Return what is said to whom hands in a published answer."""
    return f"That is {called}; read the specification again."


def solves(name: str, answer: object) -> bool:
    """Say whether an answer is that of a published exercise, or calls the library's own."""
    task, (inputs, wanted) = task_of(name), _published(name)
    for key, probe in task.probes.items():
        came = judge.run(probe, answer, inputs, forbids=task.forbids)
        if came.shortcut:
            return True
        if judge.symptom(probe, came, judge.Outcome(wanted[key]), inputs):
            return False
    return True


@cache
def _published(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return inputs of a published exercise, and what is right for them, probe by probe."""
    return inputs_of(task_of(name), 0, None), right(name, 0, None)


def near(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    """Say whether two results are the same, far more closely than a check asks."""
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape
        and np.allclose(one[name], other[name], rtol=1e-3, atol=1e-3)
        for name in one
    )


# What a probe changes of the inputs ---------------------------------------------------------------


def smaller(given: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the small inputs, of whole numbers."""
    return {name: inputs[f"small {name}"] for name in given}


def louder(name: str, given: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with one of them ten thousand times as large."""
    return {**given, name: 10_000 * given[name]}


def plainer(given: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs in float32."""
    return {
        name: value.astype(np.float32) if getattr(value, "dtype", None) == np.float64 else value
        for name, value in given.items()
    }
