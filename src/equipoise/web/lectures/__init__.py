"""Lectures: a yearly series, from the plan to the certificate."""
