"""The classes of kvae's warnings, so that a filter can name what it is about.

warnings.simplefilter("ignore", CollapsedVAEWarning)
"""


class KvaeWarning(UserWarning):
    """Any warning of kvae."""


class CollapsedVAEWarning(KvaeWarning):
    """No latent of a trained VAE tells rows apart."""


class LabelWarning(KvaeWarning):
    """A label is taken for a class, and may be meant as a mark of unlabelled rows."""


class PickledModelWarning(KvaeWarning):
    """A model is a file of pickle, which may run code when it is opened."""


class TooFewRowsWarning(KvaeWarning):
    """A generative classifier accepted fewer rows of a class than were asked for."""


class UnevenClassesWarning(KvaeWarning):
    """Labels are spread as if classes had as many rows each, and they do not."""


class UnfitWorkerWarning(KvaeWarning):
    """A worker of a cluster lacks what the work needs, and is left out."""


class UnreadableImagesWarning(KvaeWarning):
    """Some images could not be read, and are left out."""
