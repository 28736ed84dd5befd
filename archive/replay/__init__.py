"""What other programs replay and check: CDXJ indexes, WACZ files, the evidence of a paper."""
