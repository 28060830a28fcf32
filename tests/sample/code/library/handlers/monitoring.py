"""The operations tagged Monitoring."""


def get_health(call):
    return call
