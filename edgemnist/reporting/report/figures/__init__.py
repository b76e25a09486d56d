"""Figures of the report, a module a kind. All numbers are the record's; nothing is computed here but where a mark lies."""
