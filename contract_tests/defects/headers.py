"""Headers that are missing or wrong, and what browsers are told."""

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Answer, Plant
from contract_tests.defects.witness import get, post
from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply

ORIGIN = {"Origin": "http://localhost:5173"}


def _no_challenge(answer: Answer, scope: Json) -> None:
    answer.headers.pop("www-authenticate", None)


@defect(
    "no-challenge", "A refusal for want of a token does not say which kind of token there is.", get("/projects", None)
)
def no_challenge(plant: Plant) -> None:
    plant.answers(_no_challenge)


@defect("no-allowed-methods", "A refusal of a method does not say which ones there are.", post("/types", {}))
def no_allowed_methods(plant: Plant) -> None:
    def without(answer: Answer, scope: Json) -> None:
        if answer.status == 405:
            answer.headers.pop("allow", None)

    plant.answers(without)


@defect(
    "files-without-a-name",
    "The download of a group says nothing of a file name.",
    get("/projects/11/groups/31/download"),
)
def files_without_a_name(plant: Plant) -> None:
    plant.on("download_group").replies(lambda reply, call: Reply(reply.status, reply.body, reply.media))


@defect("json-said-to-be-text", "The list of types says that it is plain text.", get("/types"))
def json_said_to_be_text(plant: Plant) -> None:
    plant.on("list_types").replies(lambda reply, call: Reply(reply.status, reply.body, b"text/plain"))


@defect(
    "a-sheet-said-to-be-csv",
    "A download as XLSX says that it is CSV.",
    get("/projects/11/classes/download?format=xlsx"),
)
def a_sheet_said_to_be_csv(plant: Plant) -> None:
    def mixed(reply: Reply, call: Call) -> Reply:
        return Reply(reply.status, reply.body, b"text/csv", reply.headers)

    plant.on("download_classes").replies(mixed)


@defect(
    "any-origin-with-credentials",
    "Pages of every origin may read answers with the credentials of their visitor.",
    get("/types", headers={"Origin": "https://evil.example"}),
)
def any_origin_with_credentials(plant: Plant) -> None:
    def open_to_all(answer: Answer, scope: Json) -> None:
        origin = dict(scope["headers"]).get(b"origin")
        if origin is not None:
            answer.headers["access-control-allow-origin"] = origin.decode("latin-1")
            answer.headers["access-control-allow-credentials"] = "true"

    plant.answers(open_to_all)


@defect(
    "errors-hidden-from-pages",
    "A page of an allowed origin cannot read errors.",
    get("/projects/999999", headers=ORIGIN),
)
def errors_hidden_from_pages(plant: Plant) -> None:
    def hidden(answer: Answer, scope: Json) -> None:
        if answer.status >= 400:
            answer.headers.pop("access-control-allow-origin", None)

    plant.answers(hidden)


@defect(
    "no-challenge-for-keys",
    "A refusal of an API key has no WWW-Authenticate.",
    get("/v1/labeling-projects", None),
    api="blue_guardrails",
)
def no_challenge_for_keys(plant: Plant) -> None:
    plant.answers(_no_challenge)
