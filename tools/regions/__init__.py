"""How regions.csv and towns.csv.gz are made from public packages."""
