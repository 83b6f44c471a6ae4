"""What people expect of a repository: it can be parsed, and names what is there."""

import json
import re
import shlex

import pytest
import yaml

import course_lib
from course_lib.lessons import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")) + [
    ROOT / ".github/ISSUE_TEMPLATE/check.yml"
]
ID = {"ids": lambda value: getattr(value, "name", None)}
FOLDERS = "tests|notebooks|course_lib|docs|benchmarks"


def read(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


def paths_in(text):
    """Return the course's files and folders that a command names."""
    return re.findall(rf"(?<![\w/.])(?:{FOLDERS})/[\w./]+|\bstart\.py\b", text)


@pytest.mark.parametrize("path", WORKFLOWS, **ID)
def test_a_workflow_is_whole_and_names_what_is_there(path):
    workflow = read(path)
    assert workflow["name"] and True in workflow  # YAML reads the key `on` as yes
    assert workflow["permissions"] == {"contents": "read"} or "pages" in workflow["permissions"]
    for name, job in workflow["jobs"].items():
        assert job["runs-on"] and job["timeout-minutes"] <= 120, name
    for step in steps(path):
        assert ("uses" in step) != ("run" in step), step
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+(\.\d+)*", step["uses"]), step["uses"]
        for named in paths_in(step.get("run", "")):
            assert (ROOT / named).exists(), f"{named} is not there"


def test_the_tests_run_on_all_three_systems_and_every_python_of_the_course():
    (matrix,) = (
        job["strategy"]["matrix"]
        for job in read(".github/workflows/tests.yml")["jobs"].values()
        if "strategy" in job
    )
    assert matrix["os"] == ["ubuntu", "macos", "windows"]
    import start

    first, last = start.OLDEST[1], start.NEWEST[1]
    assert matrix["python"] == [f"3.{minor}" for minor in range(first, last + 1)]


def test_a_job_asks_for_the_oldest_versions():
    commands = " ".join(step.get("run", "") for step in steps(".github/workflows/tests.yml"))
    assert "--resolution lowest-direct" in commands
    assert "python start.py test" in commands


@pytest.mark.parametrize("path", FORMS, **ID)
def test_an_issue_form_asks_something(path):
    form = read(path)
    assert form["name"] and form["description"]
    ids = [field["id"] for field in form["body"]]
    assert len(ids) == len(set(ids)) >= 3
    for field in form["body"]:
        assert field["type"] in {"input", "textarea", "dropdown"}
        assert field["attributes"]["label"]
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_the_devcontainer_sets_up_by_the_readmes_command():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert container["postCreateCommand"] == "python3 start.py setup"
    version = re.search(r"python:(\d+)\.(\d+)$", container["image"])
    import start

    assert start.OLDEST <= tuple(map(int, version.groups())) <= start.NEWEST
    for opened in container["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / opened).exists()
    python = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python.endswith("/.venv/bin/python")


def test_hooks_are_pinned_and_run_tests_that_are_there():
    ruff = re.search(r"^ruff==(.*)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)[1]
    for repository in read(".pre-commit-config.yaml")["repos"]:
        if repository["repo"] != "local":
            assert re.fullmatch(r"v\d+\.\d+\.\d+", repository["rev"])
        if repository["repo"].endswith("/ruff-pre-commit"):
            assert repository["rev"] == f"v{ruff}"
        for hook in repository["hooks"]:
            for named in paths_in(hook.get("entry", "")):
                assert (ROOT / named).exists(), f"{named} is not there"
            for word in re.findall(r"-k (\"[^\"]+\"|\w+)", hook.get("entry", "")):
                files = [each for each in paths_in(hook["entry"]) if each.endswith(".py")]
                code = "".join((ROOT / each).read_text() for each in files)
                for name in shlex.split(word)[0].split(" or "):
                    assert re.search(rf"def test_\w*{name}", code), f"no test is about {name!r}"


def test_the_log_of_changes_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"(?m)^## \[?(\d+\.\d+\.\d+)", text)
    assert versions[0] == course_lib.__version__
    assert versions == sorted(versions, key=lambda v: [*map(int, v.split("."))], reverse=True)
    assert {"For learners", "For teachers", "For authors"} <= set(re.findall(r"### (.*)", text))


def test_the_whole_check_is_a_script_that_can_be_run():
    script = ROOT / ".ci" / "run"
    assert script.read_text().startswith("#!/usr/bin/env bash\n")
    assert "start.py test" in script.read_text()
    packages = set(re.findall(r"(?:eslint|axe-core)@\d+", script.read_text()))
    commands = " ".join(step.get("run", "") for step in steps(".github/workflows/tests.yml"))
    assert packages == set(re.findall(r"(?:eslint|axe-core)@\d+", commands))
