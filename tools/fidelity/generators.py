"""Who generates as many rows as a table has, with the same share of each class."""

import numpy as np
import pandas as pd

from kvae.preprocessing.relations import determined_pairs, ordered_pairs


def real_again(problem, seed):
    """Returns real rows, drawn with replacement: what only copies reach."""
    return problem.train.sample(frac=1, replace=True, random_state=seed)


def over_sampled(problem, seed, **options):
    """Returns new rows of VAEOverSampler with its defaults; no label is a feature."""
    from kvae import VAEOverSampler

    features = problem.train.drop(columns=problem.target)
    y = problem.train[problem.target]
    sampler = VAEOverSampler(
        sampling_strategy=(2 * y.value_counts()).to_dict(),
        random_state=seed,
        **options,
    )
    frame, labels = sampler.fit_resample(features, y)
    new = slice(len(problem.train), None)
    return frame[new].assign(**{problem.target: np.asarray(labels)[new]})


def with_relations(problem, seed):
    """Returns the same with dependent columns kept together, and orders repaired."""
    features = problem.train.drop(columns=problem.target)
    pairs = determined_pairs(features)
    if not pairs and not ordered_pairs(features):
        return None
    groups = {}
    for first, second in pairs:
        group = groups.get(first) or groups.get(second) or []
        group.extend(name for name in (first, second) if name not in group)
        groups.update(dict.fromkeys(group, group))
    distinct = {id(group): group for group in groups.values()}
    together = list(distinct.values())
    return over_sampled(problem, seed, together=together, ordered="repair")


def smote(problem, seed):
    """Returns what SMOTE, SMOTENC or SMOTEN add, whichever takes such columns.

    They know no holes: those of numbers become medians, those of words a level.
    """
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC

    features = problem.train.drop(columns=problem.target)
    y = problem.train[problem.target]
    words = [n for n in features if not pd.api.types.is_numeric_dtype(features[n])]
    numbers = [name for name in features if name not in words]
    features = features.fillna(features[numbers].median().to_dict())
    features[words] = features[words].astype(object).fillna("?")
    k = min(5, y.value_counts().min() - 1)
    if k == 0:
        return None
    shared = {
        "sampling_strategy": (2 * y.value_counts()).to_dict(),
        "k_neighbors": k,
        "random_state": seed,
    }
    if not words:
        sampler = SMOTE(**shared)
    elif not numbers:
        sampler = SMOTEN(**shared)
    else:
        sampler = SMOTENC(categorical_features=words, **shared)
    frame, labels = sampler.fit_resample(features, y)
    rows = frame[len(y) :].assign(**{problem.target: labels[len(y) :]})
    return rows.replace({name: "?" for name in words}, np.nan)


GENERATORS = {
    "real rows again": real_again,
    "kvae": over_sampled,
    "kvae, relations": with_relations,
    "SMOTE": smote,
}
RIVALS = ("TVAE", "CTGAN", "GaussianCopula")
