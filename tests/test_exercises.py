"""Every declaration, walked: right answers pass, each mistake is refused and named."""

import copy
import os
import re
import subprocess
import sys
import time
from functools import cache

import nbformat
import numpy as np
import pytest

from course_lib.exercises import declare, examine, hinting, judge, names, questions, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.exercises.examining import inputs_of, judge_outcomes, mistakes
from course_lib.grading import view
from course_lib.lessons import ROOT, places
from tests.unwatched import unwatched as without_watch

SEEDS, SEEDS_OF_TORCH = 30, 10  # COURSE_SEEDS=200 draws as many for all, before a release
HEARD = range(4)
NAMES = names()
FUNCTIONS = [name for name in NAMES if not task_of(name).value]


def seeds_of(name):
    """Return the seeds to try an exercise with; fewer where torch makes each cost 0.1 s."""
    track, stem = task_of(name).lesson.split("/")
    source = (ROOT / f"course_lib/exercises/tasks/{track}_{stem[:2]}.py").read_text("utf-8")
    usual = SEEDS_OF_TORCH if "import torch" in source else SEEDS
    return range(int(os.environ.get("COURSE_SEEDS", usual)))


def spellings(task, right):
    """Return the ways to write a right value that the task's probes know."""
    known = [probe.spelled for probe in task.probes.values() if probe.spelled]
    return [way for spelled in known for way in spelled(right)]


def value_for(task, seed, answer):
    return answer(inputs_of(task, seed, None)) if task.value else answer


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_what_it_needs(name):
    answers, task = answers_of(name), task_of(name)
    spelled = spellings(task, answers.reference(inputs_of(task, 0, None))) if task.value else ()
    other = len({str(way) for way in spelled}) + len(answers.also_right)
    assert other >= 3, f"{name}: beside the reference, at least three other right answers"
    assert answers.misconceptions, f"{name}: at least one mistake in `wrong`"
    assert [m.slug for m in answers.misconceptions] == list(answers.wrong)


def test_the_registry_lists_the_tasks():
    declared = {task_of(name).name: task_of(name).lesson for name in names()}
    assert declared == places() and list(declared) == names()
    for lesson in dict.fromkeys(places().values()):
        track, stem = lesson.split("/")
        source = (ROOT / f"course_lib/exercises/tasks/{track}_{stem[:2]}.py").read_text("utf-8")
        written = re.findall(r'^    name="(\w+)",$', source, re.M)
        assert sorted(written) == sorted(names(lesson)), f"{lesson}: lessons.toml has others"
    known = {name for name in declare.REGISTERED if name not in places()}
    assert not known


def test_one_exercise_imports_one_file_of_tasks():
    code = """
import sys
from course_lib.exercises import names, task_of
task_of("softmax")
names("maths/02_softmax")
print([name for name in sys.modules if name.startswith("course_lib.exercises.tasks.")])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "['course_lib.exercises.tasks.code_02']", run.stderr


@pytest.mark.parametrize("folder", ["tasks", "answers"])
def test_no_file_borrows_from_another_lessons(folder):
    """What two lessons need has a room of its own; answers may ask their own task's file."""
    for path in sorted((ROOT / "course_lib" / "exercises" / folder).glob("*.py")):
        for room, module in re.findall(
            r"exercises\.(tasks|answers)(?:\.| import )(\w+)", path.read_text("utf-8")
        ):
            assert (room, module) == ("tasks", path.stem) and folder == "answers", path.name


@pytest.fixture
def unwatched(monkeypatch):
    """No time limit, and an ear for a few of the seeds: unwatched(seed) says whether for this."""
    listen = without_watch(monkeypatch)

    def heard(seed):
        listen(seed in HEARD)
        return seed in HEARD

    return heard


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_pass(name, unwatched):
    task, answers = task_of(name), answers_of(name)
    for seed in seeds_of(name):
        heard = unwatched(seed)
        for right in (answers.reference, *answers.also_right)[0 if heard else 1 :]:
            report = examine(name, value_for(task, seed, right), seed=seed)
            # the reference may be the library's own function, which is a shortcut for a learner
            shortcut = right is answers.reference and report.diagnosis == "shortcut"
            assert report.passed or shortcut, f"seed {seed}: {report.message}"
            assert report.earned == (
                0 if shortcut else report.points == task.points and task.points
            )


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_a_right_value_may_be_written_in_many_ways(name, unwatched):
    task, answers = task_of(name), answers_of(name)
    for seed in range(40):
        for right in (answers.reference, *answers.also_right):
            for way in spellings(task, right(inputs_of(task, seed, None))):
                report = examine(name, way, seed=seed)
                assert report.passed, f"seed {seed}, {way!r}: {report.message}"


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_a_wrong_value_stays_wrong_however_it_is_written(name, unwatched):
    task = task_of(name)
    for seed in range(5):
        for mistake in answers_of(name).misconceptions:
            for way in spellings(task, mistake.wrong(inputs_of(task, seed, None))):
                report = examine(name, way, seed=seed)
                assert not report.passed, f"seed {seed}, {mistake.slug}, {way!r}"


def told(name, seed):
    """What an author needs to tell two answers apart."""
    drawn = inputs_of(task_of(name), seed, None)
    return f"Draw inputs that tell them apart; these were {drawn}"


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_are_refused_and_named(name, unwatched):
    task = task_of(name)
    for seed in seeds_of(name):
        heard = unwatched(seed)
        for mistake, outcomes in mistakes(name, seed, None):
            if heard:
                report = examine(name, value_for(task, seed, mistake.wrong), seed=seed)
            else:
                report = judge_outcomes(name, outcomes, seed=seed)
            drawn = f"mistake {mistake.slug!r} of {name}, seed {seed}"
            assert report.attempted and not report.passed, f"{drawn}: it passes. {told(name, seed)}"
            assert report.diagnosis == mistake.slug, (
                f"{drawn}: it is taken for {report.diagnosis!r}. {told(name, seed)}"
            )
            assert mistake.hint in report.message
            assert report.earned < report.points


@cache
def headings(lesson):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.findall(r"^#{2,4} (.+?)\s*$", text, re.M)


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_to_reread_stands_in_its_lesson(name):
    answers = answers_of(name)
    for hint in (*answers.misconceptions, *filter(None, [answers.fallback])):
        lesson, _, heading = hint.reread.partition(": ")
        known = headings(lesson)
        assert heading in known, f"{name}: {lesson} has no heading {heading!r}; it has {known}"


@pytest.mark.parametrize("name", NAMES)
def test_whoever_makes_no_known_mistake_hears_where_to_look(name):
    """Nobody is left alone with "that is not right"."""
    fallback = answers_of(name).fallback
    assert fallback and fallback.hint.endswith((".", "?")), f"{name}: add a line `otherwise`"


HINTS = """# Hints: code/02_softmax

## softmax

- **wrong-axis** Who shares the 100 %?
  Sum along both axes. → Who shares the 100 %?
- **no-exp** What do 1, -1 and 0 give? → code/01_similarity: Which mistakes wait here?
- **otherwise** What do your shares add up to? → Who shares the 100 %?
"""


def joined(tmp_path, text, *slugs):
    file = tmp_path / "code_02.md"
    file.write_text(text, encoding="utf-8")
    hinting.read.cache_clear()
    answers = declare.Answers(np.exp, wrong=dict.fromkeys(slugs, np.sin))
    return hinting.joined("softmax", answers, file)


def test_hints_meet_their_mistakes(tmp_path):
    answers = joined(tmp_path, HINTS, "no-exp", "wrong-axis")
    first, second = answers.misconceptions
    assert first == declare.Misconception(
        "no-exp",
        np.sin,
        "What do 1, -1 and 0 give?",
        "code/01_similarity: Which mistakes wait here?",
    )
    assert second.hint == "Who shares the 100 %? Sum along both axes."
    assert second.reread == "code/02_softmax: Who shares the 100 %?"
    assert answers.fallback == ("What do your shares add up to?", second.reread)
    assert joined(tmp_path, "").fallback is None


@pytest.mark.parametrize(
    ("text", "slugs", "told"),
    {
        "no hint": (HINTS, ["no-exp", "wrong-axis", "twice"], r"no hint for.*\*\*twice\*\* hint"),
        "no mistake": (HINTS, ["no-exp"], "hints/code_02.md has a hint for 'wrong-axis'"),
        "no section": ("", ["twice"], "'softmax': answers/code_02.py has the mistake 'twice'"),
        "no such exercise": ("## sofmax\n", [], "lessons.toml lists no exercise 'sofmax'"),
        "two sections": (HINTS + "## softmax\n", [], "two sections 'softmax'"),
        "twice": (HINTS + "- **no-exp** Why? → What?\n", [], "'softmax': two hints for 'no-exp'"),
        "no heading": ("## softmax\n- **no-exp** Why?\n", [], "this is not: '- \\*\\*no-exp"),
        "no exercise": ("- **no-exp** Why? → What?\n", [], "under `## exercise`"),
    }.values(),
)
def test_hints_and_mistakes_that_do_not_match_are_told(tmp_path, text, slugs, told):
    with pytest.raises(ValueError, match=told):
        joined(tmp_path, text, *slugs)


def test_foreign_code_sees_neither_answers_nor_hints(tmp_path):
    library = view.build(tmp_path, "code/02_softmax")
    shown = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.is_file()}
    assert not [n for n in shown if re.match("exercises/(tasks|answers|hints|shares|ordering)", n)]
    assert "softmax.py" not in shown and "examples.py" in shown  # what its notebook imports
    assert "course_lib.softmax" not in view.needed(view.loaded("code/02_softmax"))


def test_every_file_of_hints_belongs_to_a_lesson():
    stems = {p.stem for p in (ROOT / "course_lib/exercises/answers").glob("*_*.py")} - {"__init__"}
    assert {p.stem for p in hinting.HINTS.glob("*.md")} == stems
    for file in hinting.HINTS.glob("*.md"):
        lessons = {places()[name] for name in hinting.read(file)}
        assert file.read_text(encoding="utf-8").splitlines()[0] == f"# Hints: {min(lessons)}"
        assert sorted(hinting.read(file)) == sorted(names(min(lessons)))


def changes_its_input(answer, changed):
    """Wrap an answer; what it changes is appended to ``changed``."""

    def wrong(*arguments, **options):
        result = answer(*copy.deepcopy(arguments), **options)
        for given in arguments:
            if isinstance(given, np.ndarray) and given.flags.writeable:
                given[...] = 0
                changed.append(given)
            elif hasattr(given, "requires_grad"):
                given.data.zero_()
                changed.append(given)
        return result

    return wrong


def first_argument(*arguments, **options):
    return arguments[0]


def one_axis_more(answer):
    return lambda *arguments, **options: np.asarray(answer(*arguments, **options))[None]


def raises(*arguments, **options):
    raise ZeroDivisionError("nought")


GENERIC = {
    "returns None": lambda right: lambda *a, **k: None,
    "a constant": lambda right: lambda *a, **k: np.array([0.25, 0.75]),
    "the input": lambda right: first_argument,
    "a wrong shape": one_axis_more,
    "raises": lambda right: raises,
    "a string": lambda right: lambda *a, **k: "right",
}


@pytest.mark.parametrize("kind", GENERIC)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_generic_mistakes_are_refused_and_named(name, kind):
    right = answers_of(name).also_right[0]
    report = examine(name, GENERIC[kind](right), seed=0)
    assert not report.passed and report.attempted
    assert report.diagnosis is not None
    assert "What happened: " in report.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_that_changes_its_input_is_refused(name):
    changed = []
    answer = changes_its_input(answers_of(name).also_right[0], changed)
    report = examine(name, answer, seed=0)
    assert "changed its input" in report.message if changed else report.passed


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_endless_answer_is_stopped(name, monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 0.2)

    def endless(*arguments, **options):
        while True:
            pass

    start = time.monotonic()
    report = examine(name, endless, seed=0)
    assert report.diagnosis == "never-returns" and time.monotonic() - start < 10


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_stub_is_not_an_attempt(name):
    def stub(*arguments, **options):
        raise NotImplementedError("your code here")

    report = examine(name, stub)
    assert not report.attempted and not report.passed and report.earned == 0
    assert "not attempted yet" in report.message


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_three_dots_are_not_an_attempt_and_nonsense_is_told_so(name):
    assert not examine(name, ...).attempted
    nonsense = examine(name, "zebra?", seed=0)
    assert nonsense.attempted and not nonsense.passed and "answer with" in nonsense.message


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_a_question_shows_the_numbers_of_its_variant(name):
    task = task_of(name)
    for variant in ("ada", "student-01", "course"):
        inputs = inputs_of(task, None, variant)
        assert task.question(inputs) == task.question(inputs_of(task, None, variant))
        right = answers_of(name).reference(inputs)
        assert examine(name, right, variant=variant).passed


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_gives_the_answer_away_and_points_are_whole(name):
    task, answers = task_of(name), answers_of(name)
    assert all(isinstance(probe.points, int) and probe.points > 0 for probe in task.probes.values())
    for mistake in answers.misconceptions:
        assert mistake.hint.strip().endswith(("?", ".")), (
            f"the hint for {mistake.slug!r} of {name}: it ends in a full stop or a question mark"
        )


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(KeyError, match="Nearest: .*softmax"):
        examine("sofmax", None)


def test_names_are_unique():
    with pytest.raises(ValueError, match="unique"):
        declare.task(name=task_of("softmax").name, inputs=None, probes={"a": None})


def test_a_task_that_the_registry_does_not_list_is_told_where_to_add_it():
    with pytest.raises(ValueError, match=r"'softmux' .*lessons\.toml"):
        declare.task(name="softmux", inputs=None, probes={"a": None})
    assert "softmux" not in declare.REGISTERED


def test_a_seed_repeats_and_no_seed_is_fresh():
    seen = []

    def listens(scores, axis=-1):
        seen.append(np.array(scores, dtype=float))
        return scores

    for seed in (5, 5, None, None):
        examine("softmax", listens, seed=seed)
    each = [seen[i] for i in range(0, len(seen), len(seen) // 4)]
    assert np.array_equal(each[0], each[1])
    assert not np.array_equal(each[2], each[3])


def probe(probes):
    """Return what one of a question's probes reads: said -> a value."""
    run = next(iter(probes.values())).run
    return lambda said: run(said, {}).tolist()


def test_a_learners_way_of_writing_costs_nothing():
    letter, word = probe(questions.letter("abc")), probe(questions.word(["tea"]))
    number, pair = probe(questions.number(0.1)), probe(questions.numbers(2, within=0.1))
    order = probe(questions.ranking(["tea", "milk"]))
    letters = ("b", "B", "(b)", "b.", " b) ", "'b'", "[B]", "“b”", ["b"])
    assert {letter(said) for said in letters} == {"b"}
    assert {word(said) for said in ("tea", "Tea.", ' "tea" ', "TEA", "‘tea’", "(tea)")} == {"tea"}
    assert {number(said) for said in (30, "30", "30 %", " 30.0 ", "= 30", "x = 30", "60/2")} == {30}
    minus = ("-0.5", "−0.5", "–0,5", "= −0.5", "- 0.5", "−1/2", "[−0.5]", "≈ −0,50 %")
    assert {number(said) for said in minus} == {-0.5}
    pairs = ("[1, −0.5]", "1 -0.5", "1; −0,5", "(2/2, −1/2)", "x = 1, y = −0.5", ["1", "−0,5"])
    assert {tuple(pair(said)) for said in (*pairs, "1,0, −0,5", (1, -0.5))} == {(1, -0.5)}
    orders = ("tea, milk", "[Tea, Milk]", "tea > milk", "“tea” → “milk”", ("Tea", "milk"))
    assert {tuple(order(said)) for said in orders} == {("tea", "milk")}


@pytest.mark.parametrize(
    ("said", "told"),
    {
        "1,234": "Write it without commas.",
        "−1,234": "Write it without commas.",
        "12,345,678": "Write it without commas.",
        "1.234,5": "Write the decimal point as a point.",
        "1/0": "answer with one number alone",
        "thirty": "answer with one number alone",
        "30 40": "answer with one number alone",
        "nan": "answer with one number alone",
        "": "answer with one number alone",
    }.items(),
)
def test_what_is_no_clear_number_is_refused(said, told):
    with pytest.raises(judge.Unfit, match=re.escape(told)):
        probe(questions.number(0.1))(said)


def test_what_is_no_list_of_words_is_told():
    with pytest.raises(judge.Unfit, match="answer with a list of tea, milk, each once"):
        probe(questions.ranking(["tea", "milk"]))(3)


@pytest.mark.parametrize("said", ["1,234, 5", "1, 2, 3", "1", "one, two", [1], 3, "nan, 1"])
def test_what_are_no_clear_numbers_is_refused(said):
    with pytest.raises(judge.Unfit, match="answer with a list of 2 numbers"):
        probe(questions.numbers(2, within=0.1))(said)


# What counts as right, beside what stands in the answers --------------------------------------


def raising(message):
    def call():
        raise ValueError(message)

    return call


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("temperature", "Temperature must be positive"),
        ("temperature", "need temperature>0, got -1.0"),
        ("b", "b must not be zero"),
        ("b", "B is the zero vector"),
        ("d_model", "`d_model`=7 is odd"),
        ("n_heads", "N_HEADS doesn't divide 9"),
    ],
)
def test_a_refusal_names_its_argument_in_any_case(argument, message):
    assert questions.refusal(raising(message), argument, "this")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("b", "a must not be zero"),
        ("b", "bad number"),
        ("b", "norm_b is zero"),
        ("d_model", "d_model2 is odd"),
        ("temperature", "must be positive"),
        ("n_heads", "the heads don't divide"),
    ],
)
def test_a_refusal_that_names_something_else_is_told(argument, message):
    with pytest.raises(judge.Unfit, match="it should name"):
        questions.refusal(raising(message), argument, "this")


def aliased(name, more=False):
    """Return a right class, whose parts have a second name, and that may learn more."""
    import torch
    from torch import nn

    base = answers_of(name).also_right[0]

    class Aliased(base):
        def __init__(self, *sizes, **options):
            super().__init__(*sizes, **options)
            parts = dict(self.named_children())
            self.again = nn.ModuleList(parts.values())
            self.by_name = nn.ModuleDict({f"{part}_again": m for part, m in parts.items()})
            self.alias = next(iter(parts.values()))
            if more:
                self.more = nn.Parameter(torch.zeros(1))

    return Aliased


LAYERS = ("AttentionLayer", "AdditiveAttention", "MultiHeadAttention", "TransformerLayer")


@pytest.mark.parametrize("name", LAYERS)
def test_a_part_with_two_names_counts_once(name):
    for seed in range(5):
        report = examine(name, aliased(name), seed=seed)
        assert report.passed, report.message


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_that_learns_more_is_refused(name):
    report = examine(name, aliased(name, more=True), seed=1)
    assert not report.passed
    assert "learns" in report.message


@pytest.mark.parametrize("name", ["softmax", "attention", "softmax_vjp", "order_05_attention"])
def test_an_error_without_a_word_is_no_right_answer(name):
    class Unfit(Exception):
        def __str__(self):
            return ""

    def says_nothing(*arguments, **options):
        raise judge.Unfit("")

    def says_as_little(*arguments, **options):
        raise Unfit

    for answer in (says_nothing, says_as_little):
        report = examine(name, answer, seed=1)
        assert report.earned == 0 and report.symptom
