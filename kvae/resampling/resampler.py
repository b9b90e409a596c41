"""`fit_resample`, as users of imbalanced-learn know it, with a VAE behind it."""

import logging
import numbers
import warnings
from collections.abc import Mapping

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from kvae import random
from kvae.augmentation.generate import generate
from kvae.augmentation.methods import Method
from kvae.augmentation.refinement import refined_codes
from kvae.checks import expect_one_of
from kvae.models.beta_vae import BetaVAE
from kvae.models.generative_classifier import GenerativeClassifier
from kvae.resampling import notes as resampling_notes
from kvae.resampling.fitting import choose_vae, fit_judge, fit_planned
from kvae.resampling.model_folder import SavedAsFolder
from kvae.resampling.notebook_view import notebook_view
from kvae.resampling.ordered import draw_in_order
from kvae.resampling.relation_notes import on_rejected
from kvae.resampling.rows import checked_rows, open_rows
from kvae.resampling.targets import Targets
from kvae.samplers import Posterior, Sampler
from kvae.training.vaes import VAESettings
from kvae.warning_classes import TooFewRowsWarning

logger = logging.getLogger("kvae")
UNIT = Interval(numbers.Real, 0, 1, closed="both")


class VAEOverSampler(SavedAsFolder, BaseOverSampler):
    """Over-samples classes with rows from the latent space of a beta-VAE.

    Tables may have numbers, words, categories, dates and holes. The VAE learns from
    rows whose label is missing (NaN, None, ""), too; they are not returned.

    Args:
        sampling_strategy: as in imbalanced-learn (a dict says how many rows a class
            has afterwards); or int >= 1, new rows for each class.
        method: a sampler, its name ("posterior", "noise", "interpolate+noise", ...), a
            list of them, or "auto": what `kvae.verdicts.select` chooses, `vae`
            included; no new rows where no gain is clear, or unlabelled rows do better.
        vae: "single" (one of all rows), "multi" (one for each class), or a BetaVAE.
        conditional: bool, whether a "single" VAE is told the class; by default it is,
            except for images and for samplers that use unlabelled rows.
        refine: int >= 0, for samplers that spread labels: rounds in which a classifier
            is trained and labels the rows together with the graph (`refined_codes`).
        generative_classifier: bool, whether new rows that do not look like their class
            are drawn again; a float is its threshold, from 0 to 1; or a fitted one.
        latent_dim: int; by default chosen from the data.
        beta: float >= 0, weight of the KL.
        steps: int, gradient steps; by default chosen from the data.
        settings: VAESettings, all of the VAE's instead of the three above.
        output: "sample", draws from p(x | z), default for tables, or "mean", its means:
            of words, answers and numbers that stand out the likeliest, never rare ones.
        holes: bool, whether new rows have holes where their parents have them, or none.
        together: list of groups of columns whose values stay together, such as
            [("city", "postcode")]; each is learned as one column of words. `notes_` say
            where new rows hold pairs that no real row has.
        ordered: None; or what is done with new rows in which a column is above another
            that it never exceeds in real rows (start and end): "repair" exchanges the
            two values, "reject" draws other rows.
        classifier: who judges the methods of "auto", as in `get_judge`.
        unlabelled: label that means unlabelled, too, such as -1.
        return_unlabelled: bool, whether rows without a label are returned, too.
        random_state: as in scikit-learn.
        verbose: int; 0 is silent, 1 logs what was chosen and shows the training.

    Attributes:
        vae_: the trained VAE.
        table_: Table, the transform of a table; None for images.
        training_: DataFrame, the loss and its terms over gradient steps; None of a VAE
            that was given.
        selection_: Selection, of "auto".
        provenance_: DataFrame, of each new row the class index, how, and parents in X.
        acceptance_: DataFrame of the generative classifier, or None.
        notes_: tuple of str, what was chosen and why, and what is odd.
        relations_: tuple of str, what is odd in columns that depend on each other.
        collapsed_: bool, whether none of the VAE's latents tells rows apart.
        target_name_: str, the name of y where it has one, else "label".
        classes_: array of labels; `provenance_.label` holds positions in it.
        sampling_strategy_: dict {label: new rows}.

    Raises:
        ValueError: for one class, other lengths of X and y, or values of no table.

    Example:
        >>> x = [[1.0, "a"], [2.0, "b"], [3.0, "a"], [7.0, "b"]]
        >>> sampler = VAEOverSampler(steps=2, random_state=0, beta=0.0)
        >>> rows, labels = sampler.fit_resample(x, ["no", "no", "no", "yes"])
        >>> len(rows), labels[4:]
        (6, ['yes', 'yes'])
        >>> sampler.provenance_.parent.tolist()
        [3, 3]
    """

    _parameter_constraints: dict = {
        "sampling_strategy": [
            *BaseOverSampler._parameter_constraints["sampling_strategy"],
            Interval(numbers.Integral, 1, None, closed="left"),
        ],
        "method": [str, Sampler, Method, list, tuple],
        "vae": [StrOptions({"single", "multi"}), BetaVAE],
        "conditional": ["boolean", None],
        "refine": [Interval(numbers.Integral, 0, None, closed="left")],
        "generative_classifier": ["boolean", UNIT, GenerativeClassifier],
        "latent_dim": [Interval(numbers.Integral, 1, None, closed="left"), None],
        "beta": [Interval(numbers.Real, 0, None, closed="left")],
        "steps": [Interval(numbers.Integral, 1, None, closed="left"), None],
        "settings": [VAESettings, None],
        "output": [StrOptions({"mean", "sample"}), None],
        "holes": ["boolean"],
        "together": ["array-like", tuple],
        "ordered": [StrOptions({"reject", "repair"}), None],
        "classifier": "no_validation",
        "unlabelled": "no_validation",
        "return_unlabelled": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        sampling_strategy="auto",
        method="posterior",
        vae="single",
        conditional=None,
        refine=0,
        generative_classifier=False,
        latent_dim=None,
        beta=1.0,
        steps=None,
        settings=None,
        output=None,
        holes=True,
        together=(),
        ordered=None,
        classifier=None,
        unlabelled=None,
        return_unlabelled=False,
        random_state=None,
        verbose=0,
    ):
        super().__init__(sampling_strategy=sampling_strategy)
        self.method = method
        self.vae = vae
        self.conditional = conditional
        self.refine = refine
        self.generative_classifier = generative_classifier
        self.latent_dim = latent_dim
        self.beta = beta
        self.steps = steps
        self.settings = settings
        self.output = output
        self.holes = holes
        self.together = together
        self.ordered = ordered
        self.classifier = classifier
        self.unlabelled = unlabelled
        self.return_unlabelled = return_unlabelled
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y):  # noqa: N803  scikit-learn's names
        """Checks the rows and how many new ones they ask for, without training.

        Args:
            X: rows (N, F) or images (N, H, W, C).
            y: labels (N,).

        Returns:
            self.
        """
        self._validate_params()
        self._checked(X, y)
        return self

    def fit_resample(self, X, y):  # noqa: N803
        """Trains a VAE, and returns the labelled rows followed by new ones.

        Args:
            X: DataFrame, array, sparse matrix or list (N, F); images (N, H, W, C).
            y: labels (N,), some of them missing.

        Returns:
            (rows, labels) in the containers that X and y are.
        """
        # Not the base class's: it takes neither missing labels nor images.
        self._validate_params()
        X, targets, counts = self._checked(X, y)  # noqa: N806
        resampled = self._fit_resample(X, targets, counts=counts)
        resampling_notes.on_short_classes(self.acceptance_, self._kept, self.classes_)
        return resampled

    def sample(self, n, seed=0):
        """Returns more new rows from what `fit_resample` has trained.

        Args:
            n: int, rows for each class; or dict {label: rows}.
            seed: int; other seeds give other rows.

        Returns:
            (rows, labels array, provenance DataFrame).

        Raises:
            ValueError: for a label that is no class.
        """
        check_is_fitted(self, "vae_", msg=resampling_notes.NOT_FITTED)
        n = n if isinstance(n, Mapping) else dict.fromkeys(self.classes_, n)
        index = {label: i for i, label in enumerate(self.classes_.tolist())}
        for label in n:
            expect_one_of("A label of sample", label, list(index))
        new = self._generate({index[label]: count for label, count in n.items()}, seed)
        resampling_notes.on_short_classes(self.acceptance_, self._kept, self.classes_)
        return self._rows.new(new.x), self.classes_[new.y], new.provenance

    def draw_around(self, codes):
        """Lets `sample` draw around these, such as codes of `refined_labels`."""
        self._codes = codes

    def training_rows(self):
        """Returns (inputs of the VAE (N, ...), class indices (N,), -1 = unlabelled)."""
        check_is_fitted(self, "vae_", msg=resampling_notes.NOT_FITTED)
        return self._rows.x, self._y

    def _fit_resample(self, X, y, *, counts):  # noqa: N803  imbalanced-learn's names
        """Returns (rows, labels), from checked rows and Targets."""
        self._seed = random.from_state(self.random_state)
        self._y, self.acceptance_, self.notes_ = y.index, None, ()
        kept = np.flatnonzero(y.index >= 0)
        self._note(*resampling_notes.on_labels(self.method, y))
        self._rows = open_rows(X, self.vae, self.together, self.ordered)
        self.table_ = self._rows.table
        self._fit_vae(y.index)
        x = self._rows.x[kept]
        self.collapsed_ = resampling_notes.has_collapsed(self.vae_, x, y.index[kept])
        if self.collapsed_:
            self._note(resampling_notes.collapse_note(self.vae_))
            resampling_notes.warn_of_collapse(self.vae_)
        if self._sampler is None or not sum(counts.values()):
            counts = {0: 0}  # "auto" leaves the rows alone, or nothing was asked for
            self._note("nothing to generate")
        new = self._generate(counts, self._seed)
        self.provenance_ = new.provenance
        if self.return_unlabelled:
            kept = np.append(kept, np.flatnonzero(y.index < 0))
        resampled = self._rows.append(kept, new.x)
        self.relations_ = (*self._rows.notes, *on_rejected(self._kept))
        self._note(*self.relations_)
        self._rows.forget()
        return resampled, y.like(np.append(y.index[kept], new.y))

    def _checked(self, X, y):  # noqa: N803
        """Returns (X, Targets, {class index: new rows})."""
        X = checked_rows(self, X)  # noqa: N806
        resampling_notes.expect_method(
            self.method, self.vae, self.conditional, refine=self.refine
        )
        targets = Targets(y, self.unlabelled)
        check_consistent_length(X, targets.index)
        self.classes_ = targets.classes
        self.target_name_ = "label" if targets.name is None else str(targets.name)
        self.sampling_strategy_, counts = targets.wanted(
            self.sampling_strategy, self._sampling_type
        )
        return X, targets, counts

    def _fit_vae(self, y):
        """Trains what new rows are drawn from: a VAE, a judge, and refined codes."""
        rows, seed = self._rows, random.derive(self._seed, "vae")
        names = "method", "vae", "conditional", "classifier"
        asked_for = {name: getattr(self, name) for name in names}
        selection, self._sampler, kind = choose_vae(
            rows, y, seed=seed, classes=self.classes_, **asked_for
        )
        if selection is not None:
            self.selection_ = selection
            self._note(selection.reason)
        names = "latent_dim", "steps", "beta", "settings"
        asked_for = {name: getattr(self, name) for name in names}
        if isinstance(kind, BetaVAE):
            self.vae_, self.training_ = kind, None
        else:
            self.vae_, notes, self.training_ = fit_planned(
                rows, y, kind, seed=seed, verbose=self.verbose, **asked_for
            )
            self._note(*notes)
        self._judge = self.generative_classifier
        if not isinstance(self._judge, GenerativeClassifier):
            seed = random.derive(self._seed, "generative_classifier")
            self._judge = fit_judge(rows, y, seed, threshold=self._judge, **asked_for)
        self._codes = None
        if self.refine and resampling_notes.spreads_labels(self._sampler, y):
            options = {"rounds": self.refine, "verbose": bool(self.verbose)}
            options["seed"] = random.derive(self._seed, "refine")
            self._codes = refined_codes(self.vae_, rows.x, y, unlabelled=-1, **options)
            self._note(f"labels refined in {self.refine} round(s)")

    def _generate(self, counts, seed):
        """Returns Generated, in order if others are to be rejected."""
        with warnings.catch_warnings():
            # It names classes by index; `on_short_classes` names them as the user does.
            warnings.simplefilter("ignore", TooFewRowsWarning)
            new, self._kept = draw_in_order(self._draw, counts, self._rows, seed)
        self.acceptance_ = new.acceptance
        return new

    def _draw(self, counts, seed):
        """Returns Generated; its x are inputs, with holes if asked for."""
        new = generate(
            self.vae_,
            self._rows.x,
            self._y,
            sampler=self._sampler or Posterior(),
            n=counts,
            seed=random.derive(seed, "generate"),
            output=self.output or ("mean" if self._rows.is_image else "sample"),
            unlabelled=-1,
            generative_classifier=self._judge,
            codes=self._codes,
        )
        return self._rows.with_holes(new, self._y, seed) if self.holes else new

    def _note(self, *texts):
        self.notes_ += texts
        for text in texts if self.verbose else ():
            logger.info(text)

    def _html_repr(self):  # scikit-learn's name
        return notebook_view(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags
