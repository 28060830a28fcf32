"""Pages are parts of the whole: disjoint, complete, in one order, whatever the limit, and they end where the list ends."""

from typing import Any

from contract_tests.laws.explore import Explorer
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop, listed
from mock_server.contract import resolve

SIZES = (1, 2, 3)
MOST = 12  # entries of a list that are gone through in small steps
MANY = 103  # one more than a default page


def _paged(lab: Workshop) -> list[str]:
    """Return the operations whose list has pages."""
    wanted = {"limit"}
    return [one.operation_id for one in lab.target.addresses if wanted <= {node["name"] for node in one.parameters}]


def _maximum(lab: Workshop, operation: str) -> int:
    nodes = lab.target.addresses.by_id[operation].parameters
    schema = next(resolve(lab.target.document, node["schema"]) for node in nodes if node["name"] == "limit")
    return int(schema.get("maximum", 1000))


def _key(entry: dict[str, Any]) -> str:
    return str(entry.get("id", entry))


def check_pages(lab: Workshop, operation: str, path: dict[str, Any], **query: Any) -> None:
    """Compare the pages of a list with the whole of it."""
    lab.scene()
    whole = [_key(entry) for entry in lab.every(operation, path, _maximum(lab, operation), **query)]
    for size in {
        *(size for size in SIZES if len(whole) <= MOST),
        max(1, len(whole) // 3),
        max(1, len(whole)),
        len(whole) + 1,
    }:
        if size > _maximum(lab, operation):
            continue
        lab.scene()
        pages = list(lab.pages(operation, path, size, **query))
        found = [_key(entry) for page in pages for entry in page]
        missing, twice = set(whole) - set(found), [key for key in set(found) if found.count(key) > whole.count(key)]
        lab.expect(not missing, f"pages of {size} leave out {_some(missing)} of a list of {len(whole)}", operation)
        lab.expect(not twice, f"pages of {size} have {_some(twice)} more than once", operation)
        ordered = bool(missing or twice) or found == whole
        lab.expect(ordered, f"pages of {size} are in another order than the whole list", operation)
        if whole and "has_more" in lab.ok(operation, path, query={"limit": size, **query}):
            full = -(-len(whole) // size)
            lab.expect(
                len(pages) <= full, f"pages of {size} go on after all {len(whole)} entries were shown", operation
            )
    _at_the_end(lab, operation, path, len(whole), query)


def _at_the_end(lab: Workshop, operation: str, path: dict[str, Any], length: int, query: dict[str, Any]) -> None:
    """Behind the end is an empty page, and one that ends with the list has no more."""
    if "offset" not in {node["name"] for node in lab.target.addresses.by_id[operation].parameters}:
        return
    lab.scene()
    behind = lab.ok(operation, path, query={"offset": length, **query})
    lab.expect(not listed(behind), f"a page that begins behind all {length} entries is not empty", operation)
    if isinstance(behind, dict):
        lab.expect(not behind.get("has_more"), "an empty page behind the end says that there is more", operation)
    if length > 1:
        last = lab.ok(operation, path, query={"offset": 0, "limit": min(length, 1000), **query})
        if isinstance(last, dict) and length <= 1000:
            lab.expect(not last.get("has_more"), "a page that has all entries says that there are more", operation)
        first = lab.ok(operation, path, query={"offset": 0, "limit": length - 1, **query})
        if isinstance(first, dict) and "has_more" in first:
            lab.expect(
                first["has_more"] is True, "a page that leaves one entry out says that there are no more", operation
            )


def _all_lists(lab: Workshop) -> None:
    explorer = Explorer(lab)
    for operation in _paged(lab):
        for path in explorer.paths(operation)[:2]:
            check_pages(lab, operation, path)


def _bounds(lab: Workshop, status: int) -> None:
    explorer = Explorer(lab, per=1)
    for operation in _paged(lab):
        for path in explorer.paths(operation)[:1]:
            most = _maximum(lab, operation)
            lab.scene()
            lab.ok(operation, path, query={"limit": most})
            names = {node["name"] for node in lab.target.addresses.by_id[operation].parameters}
            wrong: list[dict[str, Any]] = [
                {"limit": 0},
                {"limit": -1},
                {"limit": most + 1},
                {"limit": "many"},
                {"limit": 1.5},
            ]
            for query in wrong + ([{"offset": -1}, {"offset": "x"}] if "offset" in names else []):
                told = " ".join(f"{name}={value}" for name, value in query.items())
                lab.refused(status, f"{told}, where 1 to {most} is right", operation, path, query=query)


@law(writes=False)
def pages_are_parts_of_the_whole(lab: Workshop) -> None:
    """The pages of every list are disjoint, complete and in one order, for several limits, and end with the list."""
    _all_lists(lab)


@law("blue_guardrails", writes=False)
def cursor_pages_are_parts_of_the_whole(lab: Workshop) -> None:
    """The pages of every list are disjoint, complete and in one order, for several limits, and end with the list."""
    _all_lists(lab)


@law(writes=False)
def limits_are_kept(lab: Workshop) -> None:
    """The largest limit is taken; limits and offsets outside of their bounds are refused with 400."""
    _bounds(lab, 400)


@law("blue_guardrails", writes=False)
def limits_of_cursor_pages_are_kept(lab: Workshop) -> None:
    """The largest limit is taken; limits outside of their bounds are refused with 422."""
    _bounds(lab, 422)


@law()
def a_page_has_a_hundred_entries(lab: Workshop) -> None:
    """Without a limit a page has the documented 100 entries, in every list of documents, and has_more leads to the rest."""
    project = lab.project("CLASS")
    at = {"project_id": project}
    lab.ok("upload_documents", at, json=[{"text": f"Review number {number}."} for number in range(MANY)])
    lab.settle()
    lab.until(lambda page: page["count"] == 100, "list_documents", at)
    session = lab.session(project)
    group = lab.group(project, documents=[{"id": row_id} for row_id in lab.document_ids(project)])
    lists = [("list_documents", at), ("list_group_documents", {**at, "group_id": group["id"]})]
    for operation, path in [*lists, ("list_session_documents", {**at, "annotation_id": session["id"]})]:
        lab.scene()
        entries = listed(lab.ok(operation, path))
        lab.expect(
            len(entries) == 100,
            f"without a limit {len(entries)} of {MANY} documents are shown, documented are 100",
            operation,
        )
        check_pages(lab, operation, path)


def _some(keys: Any) -> str:
    told = sorted(keys)
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
