"""Recipes, the networks that they name, and the one loop that trains them all."""
