"""``python -m noetl_worker``."""

import sys

from noetl_worker.main import main

if __name__ == "__main__":
    sys.exit(main())
