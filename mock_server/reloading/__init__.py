"""`serve --reload`: what has changed in the contract, the handlers or the world is served at once, and the state is kept.

Whatever is broken is refused, with file and line, and what was served before is served on. `modules` imports code anew, `checks` looks
for what would only break when it is used, `reloader` puts it together, `watching` sees that something has changed.
"""
