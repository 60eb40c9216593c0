"""What a failed build raises."""


class BuildError(RuntimeError):
    """A build failed; the message is what a reader of the terminal should see."""
