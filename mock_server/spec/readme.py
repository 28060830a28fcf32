"""The tables of operations in the README, made from the contract. `python -m mock_server.spec.readme` writes it anew."""

from pathlib import Path

from mock_server.contract import data_root, load, operations

APIS = {"studio": "Studio", "label_studio": "Label Studio", "blue_guardrails": "Blue Guardrails"}
BEGIN, END = "<!-- operations: begin -->", "<!-- operations: end -->"


def tables() -> str:
    """Return the tables of all APIs, each under its name."""
    return "\n".join(f"### {told}\n\n{table(name)}" for name, told in APIS.items())


def table(name: str) -> str:
    """Return the operations of a document as a Markdown table: method, path, operationId, role, evidence."""
    lines = ["| operation | method and path | needs | evidence |", "|---|---|---|---|"]
    tag = ""
    for path, method, node, _ in sorted(operations(load(name)), key=lambda found: found[2]["tags"][0]):
        if node["tags"][0] != tag:
            tag = node["tags"][0]
            lines.append(f"| **{tag}** | | | |")
        evidence = node.get("x-evidence", {})
        grades = evidence.get("grade", "") + (", path inferred" if evidence.get("path") == "inferred" else "")
        lines.append(f"| `{node['operationId']}` | `{method.upper()} {path}` | {_needs(node)} | {grades} |")
    return "\n".join(lines) + "\n"


def _needs(node: dict[str, object]) -> str:
    rule = node.get("x-role")
    if not isinstance(rule, dict):
        return ""
    plain = {
        "public": "nothing",
        "account": "a token",
        "user": "the user's own token",
        "superuser": "a superuser",
        "workspace": "a key of the workspace",
    }
    scope = str(rule["scope"])
    needed = plain.get(scope) or f"{scope} {rule['role']}"
    return f"{needed}, not read-only" if rule.get("writes") else needed


def written(readme: str) -> str:
    """Return the README with the tables as they should be. Raises ValueError if the markers are missing."""
    start, end = readme.index(BEGIN) + len(BEGIN), readme.index(END)
    return f"{readme[:start]}\n{tables()}{readme[end:]}"


if __name__ == "__main__":
    path = Path(data_root()) / "README.md"
    path.write_text(written(path.read_text("utf-8")), "utf-8")
