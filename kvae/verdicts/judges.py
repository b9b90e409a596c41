"""The classifiers that people use on tables, by name, and which of them is best."""

import importlib
import inspect

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from kvae import random
from kvae.data.labels import stratified_folds
from kvae.training.classifiers import one_thread, seeded_clone

MLP = "mlp"  # neural networks of kvae's: of tables all are trained as one stack
JUDGES = {
    # A third of the time of scikit-learn's tolerance, and the same labels.
    "logistic_regression": LogisticRegression(max_iter=1000, tol=1e-3),
    "random_forest": RandomForestClassifier(),
    "hist_gradient_boosting": HistGradientBoostingClassifier(),
}
INNER_FOLDS = 3


def get_judge(classifier):
    """Returns the classifier that judges.

    Args:
        classifier: a name of `JUDGES`; "mlp", kvae's (for images Keras' MNIST convnet,
            32 + 64 filters); the import path of a scikit-learn
            classifier, such as "sklearn.svm.SVC"; a classifier; or None for whichever
            of `JUDGES` is best on the real rows.

    Returns:
        scikit-learn classifier, "mlp", or None.

    Raises:
        ValueError: for a name that is none of these, or what is no classifier.

    Example:
        >>> get_judge("sklearn.neighbors.KNeighborsClassifier")
        KNeighborsClassifier()
    """
    if classifier is None or classifier == MLP:
        return classifier
    if isinstance(classifier, str):
        classifier = JUDGES[classifier] if classifier in JUDGES else _found(classifier)
    if not isinstance(classifier, BaseEstimator) or not is_classifier(classifier):
        raise ValueError(
            f"classifier expects one of {_known()}, the import path of a scikit-learn "
            f"classifier, or such a classifier. Received: {classifier!r}."
        )
    return classifier


def judge_of(classifier, rows, seed=0):
    """Returns who judges what is learned from these real rows.

    Args:
        classifier: as from `get_judge`.
        rows: Rows of a table or images.
        seed: int.

    Returns:
        The classifier; for None the best of `JUDGES` on the rows, or "mlp" for images.
    """
    if classifier is not None:
        return classifier
    return JUDGES[best_judge(*rows, seed=seed)] if rows.x.ndim == 2 else MLP


def best_judge(x, y, seed=0):
    """Returns the name in `JUDGES` of what cross-validates best on these rows.

    Args:
        x: float array (N, F).
        y: int array (N,) of class indices.
        seed: int.

    Returns:
        str; logistic regression where no class has two rows.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(90, 2))
        >>> best_judge(x, (x[:, 0] * x[:, 1] > 0).astype(int)) == "logistic_regression"
        False
    """
    names = list(JUDGES)
    if np.bincount(y).max() < 2:
        return names[0]
    # The only row of a class is in every training part.
    fold = stratified_folds(y, INNER_FOLDS, random.derive(seed, "judge folds"))
    scores = []
    for name in names:
        judge = seeded_clone(JUDGES[name], random.derive(seed, "judge") % 2**31)
        predicted = np.array(y)
        with one_thread():
            for part in np.unique(fold[fold >= 0]):
                model = judge.fit(x[fold != part], y[fold != part])
                predicted[fold == part] = model.predict(x[fold == part])
        truth, found = y[fold >= 0], predicted[fold >= 0]
        scores.append(f1_score(truth, found, average="weighted", zero_division=0))
    return names[int(np.argmax(scores))]


def _found(path):
    """Returns an instance of the class at an import path."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (AttributeError, ImportError, ValueError) as error:
        raise ValueError(
            f"classifier expects one of {_known()}, or an import path such as "
            f"sklearn.svm.SVC. Received: {path!r}. {error}"
        ) from error
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except TypeError as error:
        raise ValueError(
            f"classifier {path!r} needs arguments: {error}. Pass an instance of it, "
            "from Python."
        ) from error


def _known():
    return ", ".join([*JUDGES, MLP])
