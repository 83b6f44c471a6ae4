"""What the course needs stands in three lists: pyproject.toml, constraints.txt, environment.yml."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

REPOSITORY = Path(__file__).parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
CONDA_NAMES = {"torch": "pytorch-cpu"}  # by their name on PyPI, where conda-forge's differs
FOR_CONDA_ITSELF = {"python", "pip"}


def by_name(lines):
    """Return `{name: bounds}` of requirements as pip writes them."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(each.name): each.specifier for each in requirements}


DEPENDENCIES = by_name(PROJECT["dependencies"])
TEST_DEPENDENCIES = by_name(PROJECT["optional-dependencies"]["test"])
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
    spec = MatchSpec(line, strict=True)
    assert spec.name.normalized == line.split(" ")[0]
    assert (spec.version is not None) == (" " in line)


def test_conda_uses_conda_forge_alone_and_installs_the_course_itself():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert "-e ." in PIP_LINES
    assert "pip" in CONDA_SPECS


def test_binder_finds_one_python_version_within_the_bounds():
    # Binder looks for `python =x.y`, and takes a Python of its own choice where it finds none
    (line,) = [line for line in CONDA_SPECS if line.startswith("python ")]
    version = re.fullmatch(r"python =(\d+\.\d+)", line).group(1)
    assert Version(version) in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("name, bounds", (DEPENDENCIES | TEST_DEPENDENCIES).items())
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
    assert citation["version"] == PROJECT["version"]
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
