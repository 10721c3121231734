"""``python -m reproductions``."""
import sys


def start():
    """Run the command line; Ctrl-C while it is still being imported ends without a traceback."""
    try:
        from lib.command import leave, main
    except KeyboardInterrupt:
        sys.exit(130)
    leave(main())


if __name__ == "__main__":
    start()
