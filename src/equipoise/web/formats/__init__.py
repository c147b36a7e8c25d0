"""How dates are written where Django's own ways would not go with the rest."""
