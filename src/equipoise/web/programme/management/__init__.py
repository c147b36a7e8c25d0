"""Commands of programme."""
