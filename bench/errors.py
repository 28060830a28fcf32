"""The one exception that ends a benchmark with a sentence instead of a traceback."""


class BenchError(Exception):
    """Something is missing, did not start or answered what it must not; the message says what and what to do."""
