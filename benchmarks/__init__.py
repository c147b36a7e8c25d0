"""What is measured, against peers where they are installed: `make bench`."""
