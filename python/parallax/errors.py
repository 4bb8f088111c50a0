"""What can stop a run, a class for each kind. Every message says where, what, and how to mend it, as on the command line.

A single bad row stops nothing: it is listed in the table ``rejected``.
"""

from __future__ import annotations


class ParallaxError(Exception):
    """Whatever parallax itself raises."""


class ReadError(ParallaxError, OSError):
    """A file or folder could not be read."""


class WriteError(ParallaxError, OSError):
    """A file could not be written. What stood there before is untouched."""


class ResultsError(ParallaxError, OSError):
    """The results could not be written. Those of an earlier run are as they were."""


class NoArticlesError(ParallaxError, ValueError):
    """An input holds nothing that can be an article."""


class NothingReadError(ParallaxError, ValueError):
    """None of the inputs could be used."""


class MissingColumnError(ParallaxError, ValueError):
    """A table of articles lacks a column that is needed."""


class TableError(ParallaxError, ValueError):
    """A table cannot be read as what it is said to be."""


class OutputError(ParallaxError, ValueError):
    """A folder for results cannot be used without harm."""


class ConfigError(ParallaxError, ValueError):
    """A job file, or an option, is wrong."""


class UsageError(ParallaxError, ValueError):
    """Something was asked for that cannot be used."""


class LabelledError(ParallaxError, ValueError):
    """A labelled file is wrong."""


class ModelError(ParallaxError, ValueError):
    """A model cannot be found or used."""


class HeadError(ParallaxError, ValueError):
    """A head of one's own cannot be used."""


class FetchError(ParallaxError, OSError):
    """A model could not be fetched."""


class StoreError(ParallaxError, OSError):
    """The folder for stored encodings cannot be used without harm."""


class EncodeError(ParallaxError, RuntimeError):
    """The encoder failed."""


class StageError(ParallaxError, ValueError):
    """A phase was given rows that it cannot work on."""


class ThreadsError(ParallaxError, RuntimeError):
    """The system does not let the worker threads be started."""


class StoppedError(ParallaxError, RuntimeError):
    """A run was asked to stop. Python sees ``KeyboardInterrupt``, or what the progress function raised, in its place."""
