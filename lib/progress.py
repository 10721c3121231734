"""Progress on standard error: a bar in a terminal, nothing in a pipe."""


def track(items, description, total=None):
    """Iterate over ``items`` while a bar shows how many of ``total``, or of all, are done."""
    from rich.console import Console
    from rich.progress import track as rich_track
    console = Console(stderr=True)
    return rich_track(items, description=description, console=console, transient=True,
                      total=len(items) if total is None else total, disable=not console.is_terminal)
