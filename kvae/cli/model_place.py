"""Where a command writes its model: looked at before the training, which takes time."""


def notes_on_place(out):
    """Returns what is odd in the folder that gets the folder `model`.

    Args:
        out: Path of the folder of results, which need not exist.

    Returns:
        Tuple of str.

    Raises:
        FileExistsError: where `model` is there and no model.
    """
    from kvae.resampling.model_folder import expect_place

    expect_place(out / "model")
    older = out / "model.joblib"
    if not older.exists():
        return ()
    return (
        f"{older} is of an earlier version and an earlier run; it stays, and the new "
        f"model is the folder {out / 'model'}",
    )
