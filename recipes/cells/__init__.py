"""What a bundle of cells trains and scores, one file for each kind of table."""
