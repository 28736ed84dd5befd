"""What an operator sees of runs: read from the ledger alone, at any time, killed runs too."""
