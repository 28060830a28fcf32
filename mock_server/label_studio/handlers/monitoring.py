"""The operations tagged Monitoring."""

from mock_server.label_studio import replies
from mock_server.label_studio.release import EDITION, RELEASE, SHORT_RELEASE
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply

PARTS = ("backend", "dm2", "label-studio-converter", "label-studio-frontend", "label-studio-os-backend", "lsf")
"""Parts of the server of which nothing is told."""


def get_version(call: Call) -> Reply:
    """GET /api/version/"""
    package = {"version": RELEASE, "short_version": SHORT_RELEASE}
    parts: dict[str, dict[str, str]] = {name: {} for name in PARTS}
    return replies.ok({"release": RELEASE, "edition": EDITION, **parts, "label-studio-os-package": package})
