"""For whoever publishes the course: the site."""

import http.server
import webbrowser
from functools import partial
from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors


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
