"""The programme: a collaboration of institutions under an agreement, its year and its report."""
