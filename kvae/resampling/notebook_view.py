"""What a notebook shows of an over-sampler."""

from sklearn.utils import estimator_html_repr

from kvae import templates

FIRST = 5  # rows of the provenance


def notebook_view(sampler):
    """Returns HTML: scikit-learn's diagram and, once fitted, what has come of it.

    Args:
        sampler: VAEOverSampler.
    """
    diagram = estimator_html_repr(sampler)
    if "provenance_" not in vars(sampler):
        return diagram
    names = sampler.classes_.tolist()
    lineage = sampler.provenance_
    counts = lineage["label"].map(names.__getitem__).value_counts(sort=False)
    tables = [("New rows", counts.rename("rows").rename_axis(None).to_frame())]
    if sampler.acceptance_ is not None:
        acceptance = sampler.acceptance_.rename(index=dict(enumerate(names)))
        tables.append(("Draws that the generative classifier accepted", acceptance))
    if len(lineage):
        tables.append((f"Provenance of the first {FIRST}", lineage.head(FIRST)))
    notes = dict.fromkeys(sampler.notes_)
    return diagram + templates.summary(
        f"{len(lineage)} new rows", *notes, tables=tables
    )
