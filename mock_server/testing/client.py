"""A session of `requests` that completes paths with a base URL."""

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter

TIMEOUT = 60.0  # seconds without an answer, unless a call says otherwise


class Client(requests.Session):
    """Sends to one stand-in: `client.get("/projects")`. Neither environment nor .netrc is read, and no cookies are kept apart from its own.

    `base_url` comes before every path that is not a URL; `headers` are sent with every request.
    """

    def __init__(
        self, base_url: str, headers: Mapping[str, str] | None = None, adapter: BaseAdapter | None = None
    ) -> None:
        super().__init__()
        self.base_url = base_url.rstrip("/")
        self.trust_env = False
        self.headers.update(headers or {})
        self._is_shared = adapter is not None
        if adapter is not None:
            self.mount("http://", adapter)
            self.mount("https://", adapter)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request. Raises requests.ConnectionError if nobody answers, requests.Timeout after `TIMEOUT` seconds."""
        kwargs.setdefault("timeout", TIMEOUT)
        whole = f"{self.base_url}{url}" if isinstance(url, str) and url.startswith("/") else url
        return super().request(method, whole, *args, **kwargs)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close its connections; a way into this process is shared with others and stays."""
        if not self._is_shared:
            super().close()
