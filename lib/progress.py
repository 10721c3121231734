"""Progress on standard error: a bar in a terminal, nothing in a pipe."""


def track(items, description):
    """Iterate over the sized ``items`` while a bar shows how many are done."""
    from rich.console import Console
    from rich.progress import track as rich_track
    console = Console(stderr=True)
    return rich_track(items, description=description, console=console, transient=True,
                      total=len(items), disable=not console.is_terminal)
