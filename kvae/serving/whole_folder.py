"""A folder that appears when it is complete, or not at all."""

import os
import shutil
import tempfile
from pathlib import Path


class WholeFolder:
    """A folder beside a path, which takes the path's name when all went well.

    Args:
        path: str or path, the folder that is to appear.
        overwrite: bool, whether a folder of that name is replaced.

    Raises:
        FileExistsError: where the path exists and overwrite is False.

    Example:
        >>> with tempfile.TemporaryDirectory() as parent:
        ...     with WholeFolder(f"{parent}/model") as new:
        ...         new.mkdir()
        ...     os.listdir(parent)
        ['model']
    """

    def __init__(self, path, overwrite=False):
        self.path = Path(path)
        if self.path.exists() and not overwrite:
            raise FileExistsError(
                f"{path} exists. Choose another folder, or pass overwrite=True."
            )

    def __enter__(self):
        """Returns the path of the new folder, which is still to be made."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # On the same file system, so that the rename is one step.
        parent = tempfile.mkdtemp(prefix=".export-", dir=self.path.parent)
        self.folder = Path(parent)
        return self.folder / "new"

    def __exit__(self, kind, error, traceback):
        """Renames the new folder; after an error it goes."""
        try:
            if kind is None:
                if self.path.exists():
                    os.replace(self.path, self.folder / "old")
                os.replace(self.folder / "new", self.path)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
