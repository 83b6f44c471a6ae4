"""What the course needs stands in three lists: pyproject.toml, constraints.txt, environment.yml."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import course_lib

REPOSITORY = Path(__file__).parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
CONDA_NAMES = {
    "torch": "pytorch-cpu",
    "jupyter-client": "jupyter_client",
}  # by their name on PyPI, where conda-forge's differs
FOR_CONDA_ITSELF = {"python", "pip"}


def by_name(lines):
    """Return `{name: bounds}` of requirements as pip writes them, own extras spelled out."""
    found = {}
    for each in map(Requirement, lines):
        if each.name == PROJECT["name"]:
            for extra in sorted(each.extras):
                found |= by_name(PROJECT["optional-dependencies"][extra])
        else:
            found[canonicalize_name(each.name)] = each.specifier
    return found


DEPENDENCIES = by_name(PROJECT["dependencies"])
EXTRAS = {name: by_name(lines) for name, lines in PROJECT["optional-dependencies"].items()}
USED_FOR = {  # where code lies -> the extras that whoever runs it has; the longest path counts
    "course_lib": (),
    "course_lib/grading/cluster.py": ("cluster",),
    "course_lib/publishing": ("author",),
    "course_lib/publishing/decks": (),  # a lecturer has no more than a learner
    "course_lib/publishing/shown.py": (),
    "course_lib/publishing/site": ("site",),
    "notebooks": (),
    "docs": ("author",),
    "benchmarks": ("test",),
    "tests": ("test",),
    "conftest.py": ("test",),
}
NOT_IMPORTED = {  # what is needed all the same, and for what
    "furo": "how the site looks",
    "ipykernel": "runs the notebooks",
    "ipywidgets": "draws the progress bars of tqdm in a notebook",
    "jupyter-client": "starts the kernels of `check`",
    "jupyterlab": "is what start.py opens",
    "myst-nb": "lets Sphinx read notebooks",
    "nbval": "a plugin of pytest: `check` and the tests run notebooks by it",
    "mypy": "run by a test",
    "ruff": "run by a test",
}
PINS = by_name(
    line for line in (REPOSITORY / "constraints.txt").read_text().splitlines() if line[:1] != "#"
)
CONDA_SPECS = [line for line in CONDA["dependencies"] if isinstance(line, str)]
(PIP_LINES,) = [part["pip"] for part in CONDA["dependencies"] if isinstance(part, dict)]
PIP_SPECS = [line for line in PIP_LINES if not line.startswith("-")]


def conda_bounds():
    """Return `{name on PyPI: bounds}` of what environment.yml asks for, by conda and by pip."""
    pypi_names = {conda: pypi for pypi, conda in CONDA_NAMES.items()}
    bounds = by_name(PIP_SPECS)
    for line in CONDA_SPECS:
        name, _, version = line.partition(" ")
        if name not in FOR_CONDA_ITSELF:
            assert pypi_names.get(name, name) not in bounds, f"{name} is listed twice"
            bounds[pypi_names.get(name, name)] = SpecifierSet(version)
    return bounds


def test_conda_and_pyproject_ask_for_the_same_packages_within_the_same_bounds():
    assert conda_bounds() == DEPENDENCIES


@pytest.mark.parametrize("line", CONDA_SPECS)
def test_conda_reads_the_spec(line):
    """As conda's MatchSpec has it: a name in small letters, a space, bounds without spaces."""
    name, _, bounds = line.partition(" ")
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name)
    if bounds and not bounds.startswith("="):  # "=3.12", any 3.12, is conda's own
        assert re.fullmatch(r"(>=|<|!=)[0-9.]+(,(>=|<|!=)[0-9.]+)*", bounds)
        assert SpecifierSet(bounds)
    assert " " not in bounds


def test_conda_uses_conda_forge_alone_and_installs_the_course_itself():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert "-e ." in PIP_LINES
    assert "pip" in CONDA_SPECS


def test_binder_finds_one_python_version_within_the_bounds():
    # Binder looks for `python =x.y`, and takes a Python of its own choice where it finds none
    (line,) = [line for line in CONDA_SPECS if line.startswith("python ")]
    version = re.fullmatch(r"python =(\d+\.\d+)", line).group(1)
    assert Version(version) in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("name, bounds", (DEPENDENCIES | EXTRAS["test"]).items())
def test_every_dependency_has_bounds_and_a_pin_within_them(name, bounds):
    assert {clause.operator for clause in bounds} >= {">="}
    assert name in PINS, f"constraints.txt does not pin {name}"
    (pin,) = PINS[name]
    assert bounds.contains(pin.version)


def test_every_runtime_dependency_has_an_upper_bound():
    for name, bounds in DEPENDENCIES.items():
        assert "<" in {clause.operator for clause in bounds}, name


def test_constraints_are_exact_versions_of_any_build_and_name_no_place():
    for name, pin in PINS.items():
        assert re.fullmatch(r"==[\w.]+", str(pin)), f"{name}{pin}"
    assert "://" not in (REPOSITORY / "constraints.txt").read_text()
    assert canonicalize_name(PROJECT["name"]) not in PINS


def test_citation_is_complete_and_of_this_version():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= set(citation)
    assert citation["version"] == course_lib.__version__
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]


# ------------------------------------------------------------------- what is imported is declared


def imported(source):
    """Return the packages that a piece of Python imports, of others than Python and the course."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"course_lib", "tests", "benchmarks", "start"}


def sources(path):
    """Yield the Python in a file or in all files below a folder; of notebooks, the code cells."""
    path = REPOSITORY / path
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.suffix == ".py":
            yield file, file.read_text(encoding="utf-8")
        elif file.suffix == ".ipynb":
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                if cell["cell_type"] == "code":
                    yield file, re.sub(r"(?m)^\s*[%!].*", "", "".join(cell["source"]))


def allowed_for(file):
    """Return the names of the distributions that whoever runs this file has asked for."""
    place = file.relative_to(REPOSITORY).as_posix()
    (where, *_) = sorted((p for p in USED_FOR if f"{place}/".startswith(f"{p}/")), key=len)[::-1]
    extras = (EXTRAS[extra] for extra in USED_FOR[where])
    return DEPENDENCIES.keys() | {name for extra in extras for name in extra}


DISTRIBUTIONS = packages_distributions()
IMPORTS = [(file, name) for p in USED_FOR for file, text in sources(p) for name in imported(text)]


def test_what_is_imported_is_declared_for_that_use():
    undeclared = {
        (str(file.relative_to(REPOSITORY)), name)
        for file, name in IMPORTS
        if not {canonicalize_name(d) for d in DISTRIBUTIONS.get(name, [])} & allowed_for(file)
    }
    assert not undeclared


def test_what_is_declared_is_imported_or_needed_for_something_else():
    used = {canonicalize_name(d) for _, name in IMPORTS for d in DISTRIBUTIONS.get(name, [])}
    declared = DEPENDENCIES.keys() | EXTRAS["test"].keys()
    assert declared - used <= NOT_IMPORTED.keys() <= declared


def test_who_tests_has_what_authors_and_clusters_need():
    assert EXTRAS["test"].items() >= EXTRAS["author"].items() | EXTRAS["cluster"].items()


def test_learning_needs_nothing_of_authors():
    assert "nbgrader" not in DEPENDENCIES and "nbgrader" in EXTRAS["author"]


def test_imports_are_found_wherever_they_stand():
    source = "import os, PIL.Image\ndef f():\n    from yaml.nodes import Node\n    from . import x"
    assert imported(source) == {"PIL", "yaml"}
    files = {file.name for file, _ in IMPORTS}
    assert {"pretrained.py", "10_transformer_layer.ipynb", "make_picture.py", "cluster.py"} <= files


def test_the_version_stands_in_one_place():
    """CITATION.cff and the README, which no program writes, are held to it."""
    assert "version" in PROJECT["dynamic"] and "version" not in PROJECT
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert f"version {course_lib.__version__}" in readme
    assert re.fullmatch(r"\d+\.\d+\.\d+", course_lib.__version__)
