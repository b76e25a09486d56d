"""Results, shown: tables for people, JSON for machines, Markdown for the README."""
