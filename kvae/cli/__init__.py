"""The command `kvae`."""
