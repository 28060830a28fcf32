"""The release that the stand-in says it is."""

RELEASE = "1.20.0"
SHORT_RELEASE = "1.20"
EDITION = "Community"
