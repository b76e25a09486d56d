"""Figures of the report, a module a kind. All numbers are the record's; here it is chosen where marks lie."""
