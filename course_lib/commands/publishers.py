"""For whoever lectures with the course, or publishes it: slides and the site."""

import http.server
import webbrowser
from functools import partial
from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors
from course_lib.files.cells import Trouble


@click.command(short_help="Make slides of lessons, to lecture with.")
@click.argument("lessons", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All lessons.")
@click.option("-o", "--out", default="build/slides", show_default=True, help="Folder of the decks.")
@click.option("--minutes", type=click.Choice(["50", "90"]), help="A lecture of so many minutes.")
@click.option("--handout", "handouts", is_flag=True, help="A hand-out of two pages, too.")
@click.option("--pdf", is_flag=True, help="Each as PDF, too (needs Chromium).")
@click.option("--open", "opened", is_flag=True, help="Open the first deck in a browser.")
def slides(
    lessons: tuple[str, ...],
    every: bool,
    out: str,
    minutes: str | None,
    handouts: bool,
    pdf: bool,
    opened: bool,
) -> None:
    """Make a deck of each of LESSONS (code/03_lookup): a slide shows, the speaker's notes speak."""
    from course_lib.lessons import need_notebooks
    from course_lib.publishing.decks import deck, handout, printing

    with one_line_errors():
        need_notebooks()
        names = list(deck.every_name()) if every else lessons
        if not names:
            raise Trouble("Say which lessons, such as code/03_lookup, or --all.")
        chosen = deck.lessons_named(names)
        made = deck.write(chosen, out, minutes=int(minutes) if minutes else None)
        for path in made:
            click.echo(f"made {path}")
            if pdf:
                click.echo(f"made {printing.print_deck(path)}")
        for lesson, track in chosen if handouts else ():
            sheet = handout.write(lesson, track, Path(out))
            click.echo(f"made {sheet}")
            if pdf:
                click.echo(f"made {printing.print_handout(sheet)}")
    click.echo("In a deck: S opens the speaker's notes, O shows all slides, D is for the dark.")
    if opened:
        webbrowser.open(made[0].resolve().as_uri())


@click.command(short_help="Build the whole course as a site of static files.")
@click.option("-o", "--out", default="build/site", show_default=True, help="Folder of the site.")
@click.option("--serve", is_flag=True, help="Show it at an address of this machine, and open it.")
@click.option("--port", default=8000, show_default=True, help="Where to serve it.")
@click.option("--repository", metavar="ADDRESS", help="Adds links to run and to report.")
def site(out: str, serve: bool, port: int, repository: str | None) -> None:
    """Build the course as a site: lessons, questions answered on the page, decks, library."""
    from course_lib.publishing.site import building, links

    with one_line_errors():
        building.ready()
        address = links.repository_of_project() if repository is None else repository
        count = building.build(out, repository=links.checked_repository(address))
    click.echo(f"made {out}: {count} pages. Copy the folder to any web space.")
    if serve:
        _serve(Path(out), port)
    else:
        click.echo(f"Look at it: {(Path(out) / 'index.html').resolve().as_uri()}")


def _serve(folder: Path, port: int) -> None:
    """Show a folder at an address of this machine until somebody stops it."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with one_line_errors(), http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        click.echo(f"Open {address} (Ctrl+C stops it).")
        webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")
