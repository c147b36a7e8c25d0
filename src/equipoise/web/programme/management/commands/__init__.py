"""Commands of programmes: founding one."""
