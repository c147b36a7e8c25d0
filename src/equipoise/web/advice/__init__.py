"""The advisory board: consultations, clinics, advice and what became of it."""
