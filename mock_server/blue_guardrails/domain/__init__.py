"""The rules of Blue Guardrails' labeling. Knows no HTTP."""
