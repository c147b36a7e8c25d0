"""People, institutions and what each may do."""
