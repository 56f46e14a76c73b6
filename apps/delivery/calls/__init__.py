"""Where the calls that applications tell of are kept: one small interface, two engines."""
