"""The console at `/_mock/`: pages that show a sandbox and its journal. Rendered here by Flask, everything they load comes from here.

What a page shows it asks of the control API (`inside`); what a page changes, its script sends to the control API. The console itself
neither reads nor changes a world.
"""
