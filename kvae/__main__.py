"""``python -m kvae`` is the command `kvae`."""

from kvae.cli.commands import main

main()
