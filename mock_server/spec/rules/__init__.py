"""The rules of the lint, each a function from the sources of a document to the places where it is broken.

The docstring of a rule says what it asks for. Conventions are those of `spec/README.md`.
"""

from mock_server.spec.rules import (
    doubts,
    evidence,
    examples,
    foundation,
    learned,
    links,
    naming,
    refusals,
    role_table,
    second_paths,
    shape,
)
from mock_server.spec.rules.common import Problem, Problems, Rule

FOUNDATION: tuple[Rule, ...] = (
    foundation.readable_files,
    foundation.keys_only_once,
    foundation.references_lead_somewhere,
    foundation.components_only_once,
    naming.operation_ids_are_names,
    foundation.valid_openapi,
)
"""What all other rules build on; the first of these that finds something ends the lint."""

EVERY: tuple[Rule, ...] = (
    examples.examples_are_valid,
    examples.examples_are_there,
    naming.one_tag_one_path_file,
    naming.handlers_are_complete,
    naming.handlers_are_of_operations,
    naming.modules_of_a_tag_are_there,
    shape.keys_stand_in_order,
    shape.summary_and_description,
    shape.paths_are_apart,
    shape.path_parameters_stand_at_the_path,
    shape.no_dead_parts,
    shape.request_strings_exclude_nul,
    shape.answers_name_required_fields,
    shape.generators_keep_constraints,
    links.links_lead_somewhere,
    links.creations_are_linked,
)
"""What every document keeps to."""

VENDOR: tuple[Rule, ...] = (
    evidence.evidence_is_complete,
    evidence.evidence_is_sound,
    evidence.inferred_paths_are_marked,
    doubts.ledger_rows_are_sound,
    doubts.ledger_is_sorted,
    doubts.ledger_has_every_doubt,
    doubts.exclusions_are_sound,
    refusals.refusals_are_complete,
    role_table.roles_are_complete,
    role_table.roles_are_sound,
    role_table.roles_fit_security,
    role_table.refusals_name_the_role,
    second_paths.aliases_are_sound,
    learned.lessons_are_sound,
)
"""What a document of somebody else's API keeps to as well."""

__all__ = ["EVERY", "FOUNDATION", "VENDOR", "Problem", "Problems", "Rule"]
