"""Rules of books."""
