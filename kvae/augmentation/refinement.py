"""Labels spread, refined in rounds with a classifier, ready to be drawn around.

    codes = refined_codes(vae, x, y)
    new = generate(vae, x, y, "propagate", n=1000, codes=codes)

`VAEOverSampler(method="propagate", refine=2)` does both.
"""

import dataclasses

import numpy as np
from scipy.special import softmax
from sklearn.preprocessing import StandardScaler

from kvae import progress, random
from kvae.augmentation import rivals
from kvae.checks import class_indices, expect_count
from kvae.data.guarded import Rows
from kvae.latent.agreement import refine_in_rounds
from kvae.latent.codes import decode, encode
from kvae.latent.guessed_shares import guessed_shares
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import Spread
from kvae.samplers.posterior import Posterior
from kvae.training.budget import Budget
from kvae.training.classifiers import (
    convnet_logits,
    fit_estimator,
    generated_places,
    inputs_of,
    train_convnet,
    train_mlps,
)

K, ALPHA = 10, 0.995  # chosen on development rows of MNIST, as those of `refine`
SHOWN = 1000  # draws per class that a round's classifier is shown
BUDGET = Budget(steps=600, batch_size=64)


def refined_codes(vae, x, y, rounds=2, seed=0, row_id=None, **settings):
    """Returns codes with the labels that a graph and classifiers agree on.

    They are those of `refined_labels`, ready to be drawn around.

    Args:
        vae: as in `refined_labels`.
        x: float array (N, ...), labelled and unlabelled rows.
        y: array (N,) of class indices; NaN and None mean unlabelled.
        rounds: int >= 1.
        seed: int.
        row_id: optional int array (N,), as in `generate`.
        **settings: the other arguments of `refined_labels`.

    Returns:
        LatentCodes of all rows that have a label then, with uncertainty and weight;
        without unlabelled rows those of all rows as they are.

    Raises:
        ValueError: as `refined_labels`.

    Example:
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((4,)))
        >>> vae.build((None, 4))
        >>> x = np.random.default_rng(0).random((20, 4), "float32")
        >>> y = np.array([0, 1] + 18 * [-1])
        >>> fast = Budget(steps=5)
        >>> codes = refined_codes(vae, x, y, unlabelled=-1, budget=fast)
        >>> len(codes), codes.classes.tolist()
        (20, [0, 1])
    """
    _, codes = refined_labels(vae, x, y, rounds=rounds, seed=seed, **settings)
    if row_id is None:
        return codes
    return dataclasses.replace(codes, row_id=np.asarray(row_id)[codes.row_id])


def refined_labels(
    vae,
    x,
    y,
    rounds=2,
    seed=0,
    unlabelled=None,
    estimator=None,
    budget=BUDGET,
    graph=None,
    amount=SHOWN,
    verbose=False,
):
    """Labels all rows by a graph and by classifiers, in rounds.

    Labels spread over the graph of latent means, balanced unless classes are clearly
    uneven (`kvae.latent.guessed_shares`). In each round a classifier is trained
    on labelled rows and on draws around those that a label reached, half and half; then
    graph and classifier label all rows together (`refine_in_rounds`). Rows that the
    first classifier doubts get more weight: they are drawn around more often.

    On MNIST with 2 to 100 labelled images per class this adds 0.006 to 0.016 of
    weighted F1 over dropping the rows on which both disagree; on 8 x 8 digits nothing
    that is clear in more than one row of five (`recipes.mnist_labels`, which runs this
    function).

    Args:
        vae: BetaVAE without a replica axis, trained on all rows.
        x: float array (N, ...), labelled and unlabelled rows.
        y: array (N,) of class indices; NaN and None mean unlabelled.
        rounds: int >= 1.
        seed: int.
        unlabelled: optional int, a label that means unlabelled too, such as -1.
        estimator: optional scikit-learn classifier with predict_proba, instead of the
            convnet for images, which sees them moved, turned and scaled at random, and
            kvae's MLP for tables.
        budget: Budget of that convnet or MLP; by default 600 steps of 64.
        graph: optional (indices, distances) of `kvae.latent.neighbours`: of one's own
            features, or of the latent means where it is there already.
        amount: int, draws per class that a round's classifier is shown.
        verbose: bool, whether to show a progress bar.

    Returns:
        (`kvae.latent.Spread` of the N rows, its columns the classes that have labelled
        rows, sorted, as are its labels' positions; `refined_codes`).

    Raises:
        ValueError: for a Multi-VAE, fewer than two classes, an estimator without
            predict_proba, or as `encode`.
    """
    expect_count("rounds of refined_codes", rounds, 1)
    if vae.replicas is not None:
        raise ValueError(
            "refined_codes expects one VAE of all rows, where near means alike. "
            f"Received: {vae.replicas} of them. Train a Single-VAE."
        )
    # Whether there is such a method is scikit-learn's own way to ask.
    if estimator is not None and not hasattr(estimator, "predict_proba"):
        raise ValueError(
            "estimator of refined_codes expects a classifier with predict_proba. "
            f"Received: {estimator!r}. Calibrate it by "
            "sklearn.calibration.CalibratedClassifierCV."
        )
    x, y = np.asarray(x), class_indices("refined_codes", y, len(x), unlabelled)
    codes = encode(vae, x, y, unlabelled=-1)
    classes = codes.classes  # {0, 1000} are two
    if (y >= 0).all():
        one_hot = (y[:, None] == classes).astype(float)
        return Spread(one_hot, one_hot.argmax(axis=1), np.zeros(len(y))), codes
    if len(classes) < 2:
        raise ValueError(
            "refined_codes expects labelled rows of at least two classes. Received: "
            f"{classes.tolist()}. Label rows of another class, too."
        )
    place = np.where(y < 0, -1, np.searchsorted(classes, y))
    classifiers = DrawClassifiers(
        vae, x, place, seed=seed, budget=budget, amount=amount, estimator=estimator
    )
    with progress.counted(rounds, "rounds", verbose) as done:

        def classify(codes, number):
            probability = classifiers.classify(codes, number)
            done()
            return probability

        labels, codes = refine_in_rounds(
            neighbours(codes.z_mean, K) if graph is None else graph,
            dataclasses.replace(codes, label=place),
            classify,
            num_classes=len(classes),
            alpha=ALPHA,
            rounds=rounds,
            prior=guessed_shares(codes.z_mean, place, len(classes), seed),
        )
    return labels, dataclasses.replace(codes, label=classes[codes.label])


class DrawClassifiers:
    """Classifiers of labelled rows and of draws around rows that a label has reached.

    All that is random follows from the seed and a purpose. The purposes of the first
    two rounds are those by which the published table of `recipes.mnist_labels` was
    drawn.

    Args:
        vae: BetaVAE without a replica axis.
        x: float array (N, ...), all rows.
        y: int array (N,), classes 0 ... K - 1; -1 = unlabelled.
        seed: int, of classifiers and draws.
        budget: Budget of a classifier.
        amount: int, draws per class.
        estimator: as in `refined_codes`.
        real_rows: bool, whether classifiers are shown the rows that draws are around
            instead of the draws: what generated rows are compared with.
    """

    PURPOSES = (("propagate", "new"), ("doubted, first round", "doubted, first round"))

    def __init__(
        self,
        vae,
        x,
        y,
        seed=0,
        budget=BUDGET,
        amount=SHOWN,
        estimator=None,
        real_rows=False,
    ):
        self.vae, self.x, self.y, self.seed = vae, x, y, seed
        self.budget, self.amount, self.estimator = budget, amount, estimator
        self.real_rows = real_rows
        self.num_classes = int(y.max()) + 1
        known = y >= 0
        self.real = Rows(x[known].astype("float32"), y[known])

    def classify(self, codes, number):
        """Returns the probabilities (N, K) that a round's classifier gives all rows."""
        later = (f"round {number}", f"round {number}")
        purpose, moves = dict(enumerate(self.PURPOSES)).get(number, later)
        return self.probability(self.new_rows(self.draws(codes, purpose)), moves)

    def draws(self, codes, purpose):
        """Returns Draws around codes, `amount` of each class."""
        seed = random.derive(self.seed, "generate", purpose)
        return Posterior().draw_around(codes, self.amount, seed)

    def new_rows(self, draws):
        """Returns the Rows that classifiers are shown for these draws."""
        if self.real_rows:
            return Rows(self.x[draws.parent], draws.label)
        return Rows(decode(self.vae, draws).astype("float32"), draws.label)

    def moved(self, rows, purpose):
        """Returns images moved, turned and scaled, one for each place of all batches.

        Rows of a table are returned as they are.
        """
        if rows.x.ndim < 4:
            return rows
        places = self.budget.steps * generated_places(self.budget.batch_size)
        return rivals.moved_copies(
            rows, random.derive(self.seed, "moved", purpose), places
        )

    def probability(self, new, moves):
        """Returns probabilities (N, K) of a classifier of labelled and of new rows."""
        if self.estimator is not None:
            model = fit_estimator(self.estimator, self.seed, self.real, new, share=0.5)
            return model.predict_proba(inputs_of(self.x, model))
        if self.x.ndim < 4:
            return softmax(self._mlp_logits(new), axis=-1)
        weights, _ = self.convnet(self.moved(self.real, "real"), self.moved(new, moves))
        return self.convnet_probability(weights)

    def convnet(self, real, new):
        """Returns (weights of a convnet trained on these rows, training seconds)."""
        return train_convnet(self.seed, real, new, self.num_classes, self.budget)

    def convnet_probability(self, weights):
        """Returns a convnet's probabilities (N, K) for all rows."""
        return softmax(convnet_logits(weights, self.x, self.num_classes), axis=-1)

    def _mlp_logits(self, new):
        flat = self.x.reshape(len(self.x), -1)
        units = StandardScaler().fit(flat)

        def inputs(x):
            return units.transform(x.reshape(len(x), -1)).astype("float32")

        real, new = (Rows(inputs(rows.x), rows.y) for rows in (self.real, new))
        model = train_mlps([(self.seed, real, new)], self.num_classes, self.budget)
        return np.asarray(model(inputs(self.x)[None]))[0]
