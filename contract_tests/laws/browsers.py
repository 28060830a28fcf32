"""What browsers are told: which pages may read answers, and that those that may can read errors as well."""

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop

FOREIGN, LOCAL = "https://evil.example", "http://localhost:5173"
ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
UNKNOWN = 999_999_999


@law(writes=False)
def foreign_pages_get_no_credentials(lab: Workshop) -> None:
    """No page of an origin that nobody knows may read answers with the credentials of whoever looks at it."""
    told = lab.call("list_types", headers={"Origin": FOREIGN}).headers
    with_credentials = told.get(CREDENTIALS, "").lower() == "true"
    lab.expect(
        not (with_credentials and told.get(ORIGIN) == FOREIGN),
        f"pages of {FOREIGN} may read answers with credentials",
        "list_types",
    )


@law(writes=False)
def pages_read_errors_as_well(lab: Workshop) -> None:
    """A page that may read an answer may read a refusal, too, or it could not say what is wrong."""
    headers = {"Origin": LOCAL}
    read = lab.call("list_types", headers=headers).headers.get(ORIGIN)
    missing = lab.call("get_project", {"project_id": UNKNOWN}, headers=headers)
    unknown = lab.call("list_types", person=None, headers=headers)
    for answer, operation in ((missing, "get_project"), (unknown, "list_types")):
        told = f"pages of {LOCAL} may read answers, but not one with {answer.status_code}"
        lab.expect(read is None or answer.headers.get(ORIGIN) == read, told, operation)
