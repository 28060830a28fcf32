"""Side-by-side benchmark of studio-mock and its peers; `python -m bench`.

Never a timed test, and never imported by the package.
"""
