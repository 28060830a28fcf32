"""The labeling family of the Blue Guardrails API: projects, tasks and annotations on conversations of people with agents."""
