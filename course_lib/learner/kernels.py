"""The kernel that a notebook asks for, and in words why it can't run."""

from collections.abc import Mapping

from course_lib.files.cells import Trouble

USUAL = "python3"  # the kernel of the Python that runs the command, whatever else has this name
CHANGE = "In JupyterLab choose Kernel, Change Kernel, Python 3 (ipykernel), save, and check again."
INSTALL = "In the course's folder: python -m pip install --editable ."
MEND = "Install it anew: python -m pip install --force-reinstall ipykernel"


class CheckStopped(Trouble):
    """The notebook can't be checked at all."""


class OtherLanguage(Exception):
    """A kernel that doesn't run Python."""


def name_of(notebook: Mapping) -> str:
    """Return the name of the kernel that a notebook asks for."""
    name = (notebook["metadata"].get("kernelspec") or {}).get("name")
    return name if isinstance(name, str) and name.strip() else USUAL


def trouble(name: str, said: str, *, mend: str = MEND) -> str:
    """Say which kernel can't run, why, and what to do; mend: the cure for the usual one."""
    if name == USUAL:
        return f"the kernel of this very Python, {name!r}, can't be used: {said}. {mend}"
    return f"the notebook asks for the kernel {name!r}, which can't be used: {said}. {CHANGE}"


def refuse_other_languages(name: str) -> None:
    """Look at the kernel before it starts.

    Raises:
        OtherLanguage: it runs no Python.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    if name == USUAL:
        return
    language = KernelSpecManager().get_kernel_spec(name).language
    if language and language.casefold() not in ("python", "python3", "ipython"):
        raise OtherLanguage(language)


def reason(error: Exception) -> str:
    """Say in words why a kernel did not start."""
    said = last_line(str(error))
    if type(error).__name__ == "NoSuchKernel":
        return "there is none of this name on this computer"
    if isinstance(error, OtherLanguage):
        return f"it runs {said}, and the course is written in Python"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        gone = f" ({error.filename})" if error.filename else ""
        return f"the Python that it was made for is gone{gone}"
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename else ""
        return f"the program that it names can't be run{place}: {error.strerror}"
    if "died" in said.casefold() or type(error).__name__ == "KernelDied":
        return "it ends as soon as it is started; perhaps its Python has no ipykernel"
    if "respond" in said or "timed out" in said:
        return "it was started and does not answer"
    return f"its description on this computer is broken ({said})"


def lacks_course(error: Mapping | None) -> bool:
    """Say whether a cell failed because its Python knows no ``course_lib``."""
    return error is not None and error["evalue"] == "No module named 'course_lib'"


def last_line(text: str) -> str:
    """Return the last line of a text that is not blank."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
