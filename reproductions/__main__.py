"""``python -m reproductions``."""
from lib.command import leave, main

if __name__ == "__main__":
    leave(main())
