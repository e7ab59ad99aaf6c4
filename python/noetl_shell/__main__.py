"""``python -m noetl_shell`` is the command ``noetl``."""

from noetl_shell.cli import main

if __name__ == "__main__":
    main()
