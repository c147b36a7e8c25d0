"""Commands of people: who leaves."""
