"""What a notebook shows: a piece of HTML, and plain text for where HTML can't be shown."""

# JupyterLab shows the first line of a folded output: it must not give a prediction's result away.
FOLDED = "<!-- Click here to see the result. -->\n"


class Page:
    """A piece of HTML with the plain text that stands for it where no HTML can be shown.

    Example:
        >>> from IPython.display import display
        >>> display(Page("<b>two</b>", "two"))
        two
    """

    def __init__(self, page: str, text: str) -> None:
        self.page = page
        self.text = text

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.page, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text
