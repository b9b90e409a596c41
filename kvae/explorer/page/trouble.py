"""What goes wrong behind the page is said on it."""


def in_words(function, *arguments):
    """Returns what a function of a world returns, or a sentence on what went wrong.

    Args:
        function: a method of a World.
        *arguments: its arguments.

    Example:
        >>> in_words(float, "1.5"), in_words(float, "x")
        (1.5, "could not convert string to float: 'x'")
    """
    try:
        return function(*arguments)
    except (OSError, RuntimeError, ValueError) as error:
        return str(error)
