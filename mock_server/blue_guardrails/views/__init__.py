"""How rows are shown: as the contract of Blue Guardrails says."""
