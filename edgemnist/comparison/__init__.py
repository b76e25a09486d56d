"""Two models compared: what was measured (`answers`), what that means (`gate`), how sure it is (`statistics`)."""
