"""Virtual trials, for what no formula covers: compiled kernels with reproducible streams."""
