"""One function for each operation of Blue Guardrails; the modules are called like the tags."""
