"""The control API from the terminal: `studio-mock sandbox list`, `studio-mock journal --follow` and so on.

Commands are made from the control contract (`nouns` says which operation each of them calls). Everything goes over HTTP, so that a
server on another machine is reached in the same way. Nothing of it is loaded by other commands; here are only its names.
"""

NOUNS = {
    "sandbox": "make, list and delete sandboxes",
    "snapshot": "keep the state under names, go back to it, compare",
    "clock": "read and move the clock",
    "job": "list jobs, end them by hand",
    "table": "read the tables of the world, export and import it",
    "fault": "arm and disarm faults",
    "journal": "see what was asked and answered, and why something was refused",
    "outbox": "see mails and webhooks that were not sent",
    "people": "see who can call, and with what",
}
SHELL, COMPLETION = "shell", "completion"
OTHERS = {
    SHELL: "a Python prompt with the stand-in at hand",
    COMPLETION: "print the script that completes commands in a shell",
}
EVERY = {**NOUNS, **OTHERS}
