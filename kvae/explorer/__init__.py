"""A local page to explore a model: its latent map, draws, and labels to paint.

The command is ``kvae explore MODEL``; the page needs the extra `explore`.
"""
