"""The page in the browser, by Dash; it comes with the extra `explore`."""

try:
    import dash  # noqa: F401
except ImportError as error:
    raise ImportError(
        "kvae explore needs Dash. Install it with pip install 'kvae[explore]'."
    ) from error
