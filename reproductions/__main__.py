"""``python -m reproductions``."""
import sys

from lib.command import main

if __name__ == "__main__":
    sys.exit(main())
