from __future__ import annotations

import os
from pathlib import Path
from typing import Union

from .errors import UsageError

PathLike = Union[str, "os.PathLike[str]"]


def path(given: PathLike) -> Path:
    """A path, with ``~`` for the home folder."""
    if os.fspath(given) == "":
        raise UsageError('a path is empty; give "." for the current folder')
    return Path(given).expanduser()
