"""One file for each table or figure; run them from the top folder with python -m."""
