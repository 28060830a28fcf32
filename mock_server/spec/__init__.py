"""Tools for the contract: its lint, the ledger of evidence, the OpenAPI 3.1 copy, the commands. Nothing here serves."""
