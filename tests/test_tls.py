"""TLS with a certificate of its own, on the port that speaks plain HTTP as well."""

import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from mock_server import tls

SERVE = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--world", "minimal"]


@contextmanager
def served(*options: str) -> Iterator[tuple[str, str]]:
    """Run the command; yield the address that it names and everything that it has printed until then."""
    with subprocess.Popen([*SERVE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            printed = ""
            while "/_mock/docs" not in printed:
                line = process.stdout.readline()
                assert line, process.stderr.read() if process.stderr else ""
                printed += line
            found = re.search(r"https?://\S+", printed)
            assert found is not None
            yield found[0], printed
        finally:
            process.terminate()
            process.communicate(timeout=30)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Where the authority of a run is written."""
    return tmp_path / "ca.pem"


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


def test_a_client_that_trusts_the_authority_is_served_and_no_other(authority: Path) -> None:
    with served("--tls-ca", str(authority), "--https-only") as (base_url, _):
        assert base_url.startswith("https://127.0.0.1:")
        with httpx.Client(verify=trusting(authority)) as client:
            for host in ("127.0.0.1", "localhost"):
                answer = client.get(f"{base_url.replace('127.0.0.1', host)}/_mock/health")
                assert answer.json()["status"] == "ok"
            assert client.get(f"{base_url}/projects").status_code == 401
        with pytest.raises(httpx.ConnectError, match="certificate"):
            httpx.get(f"{base_url}/_mock/health")
        plain = httpx.get(f"{base_url.replace('https', 'http')}/projects")
        assert plain.status_code == 403
        assert plain.json()["message"] == f"This API is served over HTTPS only: {base_url}/projects"


def test_without_https_only_the_port_speaks_both(authority: Path) -> None:
    with served("--tls", "--tls-ca", str(authority)) as (base_url, _):
        assert httpx.get(f"{base_url.replace('https', 'http')}/projects").status_code == 401
        assert httpx.get(f"{base_url}/projects", verify=trusting(authority)).status_code == 401


def test_connections_that_say_nothing_hold_nobody_up(authority: Path) -> None:
    with served("--tls-ca", str(authority)) as (base_url, _):
        address = ("127.0.0.1", int(base_url.rpartition(":")[2]))
        silent = [socket.create_connection(address) for _ in range(5)]
        silent[0].close()
        silent[1].sendall(b"\x16\x03\x01 nonsense")
        silent[2].sendall(b"\x00")
        assert httpx.get(f"{base_url}/_mock/health", verify=trusting(authority)).status_code == 200
        for connection in silent:
            connection.close()


def test_without_a_file_the_authority_is_printed() -> None:
    with served("--tls") as (_, printed):
        assert "https://" in printed


def test_a_file_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    ended = subprocess.run([*SERVE, "--tls-ca", str(tmp_path / "no" / "ca.pem")], capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "cannot be written" in ended.stderr


def test_the_certificate_is_for_every_local_name_and_those_that_were_given() -> None:
    made = tls.make(["studio-mock", "10.0.0.5", "localhost"])
    certificate = x509.load_pem_x509_certificate(made.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "*.localhost", "studio-mock"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "10.0.0.5"]


def test_two_runs_have_nothing_in_common() -> None:
    assert tls.make().authority != tls.make().authority
