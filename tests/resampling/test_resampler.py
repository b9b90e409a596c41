"""fit_resample from every side; one small training budget throughout."""

import functools
import pickle
import warnings

import hypothesis
import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.preprocessing import StandardScaler

from kvae import LabelledFolds, VAEOverSampler
from kvae.augmentation.generate import PROVENANCE
from kvae.latent import encode
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder, GenerativeClassifier
from kvae.resampling import fitting, resampler
from kvae.resampling import notes as resampling_notes
from kvae.training.vaes import VAESettings
from kvae.warning_classes import (
    CollapsedVAEWarning,
    LabelWarning,
    TooFewRowsWarning,
)

STEPS = 20


def sampler(**kwargs):
    return VAEOverSampler(**{"steps": STEPS, "random_state": 0, **kwargs})


@pytest.fixture(scope="module")
def holey(every_dtype):
    """60 rows of every dtype; a fifth of the cells that may be are missing."""
    frame = every_dtype.iloc[np.arange(60) % 4].reset_index(drop=True)
    frame.columns = frame.columns.astype(str)  # scikit-learn refuses mixed names
    stream = np.random.default_rng(0)
    for name in ("float", "float32", "Int64", "str", "category", "date", "length"):
        frame.loc[stream.random(60) < 0.2, name] = None
    return frame, np.repeat(["rare", "usual"], [20, 40])


@pytest.fixture(scope="module")
def fitted(holey):
    """A sampler, and what it made of the frame."""
    oversampler = sampler()
    return oversampler, *oversampler.fit_resample(*holey)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
class TestFrames:
    def test_dtypes_names_and_categories_are_kept(self, fitted, holey):
        _, rows, labels = fitted
        pd.testing.assert_series_equal(rows.dtypes, holey[0].dtypes)
        assert labels.dtype == holey[1].dtype

    def test_originals_come_first_and_unchanged(self, fitted, holey):
        _, rows, labels = fitted
        pd.testing.assert_frame_equal(rows.iloc[:60], holey[0])
        np.testing.assert_array_equal(labels[:60], holey[1])

    def test_classes_are_balanced(self, fitted):
        oversampler, _, labels = fitted
        assert pd.Series(labels).value_counts().to_dict() == {"rare": 40, "usual": 40}
        assert oversampler.sampling_strategy_ == {"rare": 20}

    def test_new_rows_are_complete_if_asked(self, holey):
        rows, _ = sampler(holes=False).fit_resample(*holey)
        for name in holey[0]:
            if holey[0][name].notna().any():
                assert rows[name].iloc[60:].notna().all(), name

    def test_new_rows_are_in_range(self, fitted, holey):
        new, real = fitted[1].iloc[60:], holey[0]
        for name in ("float", "int", "uint8", "date", "length"):
            assert new[name].min() >= real[name].min()
            assert new[name].max() <= real[name].max()

    def test_new_rows_have_holes_as_often_as_real_ones(self, holey):
        rows, _ = sampler(sampling_strategy=500).fit_resample(*holey)
        real, new = rows.iloc[:60], rows.iloc[60:]
        np.testing.assert_allclose(
            new.isna().mean(), real.isna().mean(), atol=0.1, rtol=0
        )

    def test_provenance_names_parents_in_the_callers_rows(self, fitted, holey):
        lines = fitted[0].provenance_
        assert list(lines.columns) == list(PROVENANCE)
        assert len(lines) == 20
        assert set(holey[1][lines["parent"].to_numpy(int)]) == {"rare"}

    def test_says_what_it_chose(self, fitted):
        assert any(note.startswith("latent_dim") for note in fitted[0].notes_)

    def test_saves_and_loads(self, fitted, tmp_path):
        fitted[0].save(tmp_path / "sampler")
        again = VAEOverSampler.load(tmp_path / "sampler")
        for before, after in zip(fitted[0].sample(3), again.sample(3), strict=True):
            pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(after))

    def test_knows_the_name_of_the_target(self, fitted, holey):
        assert fitted[0].target_name_ == "label"
        y = pd.Series(holey[1], name="kind")
        assert sampler().fit(holey[0], y).target_name_ == "kind"

    def test_samples_more_rows_of_some_classes(self, fitted):
        rows, labels, provenance = fitted[0].sample({"rare": 2, "usual": 1}, seed=5)
        assert labels.tolist() == ["rare", "rare", "usual"]
        assert len(rows) == len(provenance) == 3


def untrained(rows, *arguments, **settings):
    """No training: what a table's rows may be does not depend on a VAE's weights."""
    shape = rows.x.shape[1:]
    vae = BetaVAE(
        DenseEncoder(2, ()),
        DenseDecoder(shape, ()),
        reconstruction="mixed",
        schema=rows.schema,
    )
    vae.build((None, *shape))
    return vae, (), None


@pytest.mark.parametrize(
    "examples", [20, pytest.param(200, marks=pytest.mark.slow)], ids=str
)
def test_any_frame_keeps_dtypes_categories_and_ranges(random_frames, examples):
    @hypothesis.given(random_frames)
    @hypothesis.settings(max_examples=examples, deadline=None)
    def check(frame):
        hypothesis.assume(frame.nunique().max() > 1)
        oversampler = sampler(sampling_strategy=3)
        rows, _ = oversampler.fit_resample(frame, np.arange(len(frame)) % 3 == 0)
        originals, new = rows.iloc[: len(frame)], rows.iloc[len(frame) :]
        pd.testing.assert_frame_equal(originals, frame.reset_index(drop=True))
        pd.testing.assert_series_equal(rows.dtypes, frame.dtypes)
        assert len(new) == 6
        for name in frame:
            expect_values_like(new[name], frame[name].dropna())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resampler, "fit_planned", untrained)
        patch.setattr(resampling_notes, "active_units", lambda codes: 1)
        check()


def expect_values_like(new, known):
    # A column of objects that are numbers holds numbers.
    known = known.infer_objects()
    if not len(known):
        assert new.isna().all()
        return
    new = new.dropna()
    if not len(new):
        return  # all of the parents have a hole
    if pd.api.types.is_numeric_dtype(known.dtype) or known.dtype.kind == "M":
        assert known.min() <= new.min()
        assert new.max() <= known.max()
    else:
        assert set(new) <= set(known)


@pytest.fixture(scope="module")
def numbers():
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], [40, 20])
    return stream.normal(size=(60, 4)) + 3 * y[:, None], y


@pytest.mark.parametrize(
    "kwargs",
    [
        {"vae": "multi", "method": "normal"},
        {"conditional": False},
        {"method": "normal"},
        {"method": "interpolate+noise"},
        {
            "method": "normal",
            "conditional": False,
            "generative_classifier": True,
        },
    ],
)
@pytest.mark.filterwarnings("ignore::kvae.warning_classes.KvaeWarning")
def test_every_way_to_generate_works(numbers, kwargs):
    oversampler = sampler(**kwargs)
    rows, labels = oversampler.fit_resample(*numbers)
    assert rows.shape[1] == 4
    assert (oversampler.acceptance_ is not None) == ("generative_classifier" in kwargs)
    assert len(rows) == len(labels) == 60 + len(oversampler.provenance_)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (0.75, {1: 10}),
        ("minority", {1: 20}),
        ({1: 23}, {1: 3}),
        (lambda y: {0: 41, 1: 20}, {0: 1, 1: 0}),
        (2, {0: 2, 1: 2}),
    ],
)
def test_sampling_strategies_are_imbalanced_learn_s_and_rows_per_class(
    numbers, strategy, expected
):
    oversampler = sampler(sampling_strategy=strategy).fit(*numbers)
    assert dict(oversampler.sampling_strategy_) == expected


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_settings_say_all_of_the_vae_but_what_its_rows_are(numbers):
    settings = VAESettings(
        latent_dim=3,
        beta=0.25,
        hidden_units=(6, 5),
        reconstruction="gaussian",
        batch_size=7,
        steps=9,
        learning_rate=0.004,
    )
    oversampler = sampler(settings=settings, vae="multi", steps=None)
    oversampler.fit_resample(*numbers)
    vae = oversampler.vae_
    assert (vae.latent_dim, vae.beta) == (3, 0.25)
    assert vae.encoder.hidden_units == (6, 5)
    assert vae.optimizer.iterations == 9
    assert float(vae.optimizer.learning_rate) == pytest.approx(0.004)
    assert vae.reconstruction == "mixed"  # of a table, whatever the settings say
    assert any("latent_dim 3, beta 0.25" in note for note in oversampler.notes_)
    assert clone(oversampler).settings == settings


@pytest.fixture
def quick_judge(monkeypatch):
    """Generative classifiers are trained for a few steps."""
    few = functools.partial(fitting.fit_generative_classifier, steps=10)
    monkeypatch.setattr(fitting, "fit_generative_classifier", few)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.KvaeWarning")
def test_settings_with_convolutions_fit_images_and_what_judges_them(quick_judge):
    settings = VAESettings(2, 0.2, (8,), "bernoulli", 8, steps=10, filters=(4,))
    images = np.random.default_rng(0).random((20, 4, 4, 1)).astype("float32")
    oversampler = VAEOverSampler(
        settings=settings, random_state=0, generative_classifier=True
    )
    rows, _ = oversampler.fit_resample(images, np.repeat([0, 1], [12, 8]))
    assert rows.shape[1:] == (4, 4, 1)
    assert oversampler.vae_.encoder.filters == (4,)
    assert oversampler.vae_.optimizer.iterations == 10
    assert oversampler.acceptance_["asked"].sum() == 4


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.KvaeWarning")
def test_a_float_is_the_threshold_of_the_generative_classifier(numbers, quick_judge):
    rates = []
    for threshold in (0.0, 0.6):
        oversampler = sampler(
            method="normal",
            conditional=False,
            sampling_strategy=20,
            generative_classifier=threshold,
        )
        oversampler.fit_resample(*numbers)
        assert float(oversampler._judge.threshold) == pytest.approx(threshold)
        acceptance = oversampler.acceptance_
        rates.append(acceptance["accepted"].sum() / acceptance["drawn"].sum())
    assert rates[0] > rates[1]


def test_a_bool_of_numpy_is_a_bool(numbers):
    oversampler = sampler(generative_classifier=np.False_)
    oversampler.fit_resample(*numbers)
    assert oversampler.acceptance_ is None


@pytest.mark.parametrize(
    "kwargs",
    [
        {"generative_classifier": 1.5},
        {"generative_classifier": -0.5},
        {"settings": {"latent_dim": 2}},
    ],
)
def test_thresholds_and_settings_are_checked_before_anything_is_trained(
    numbers, kwargs
):
    (name,) = kwargs
    with pytest.raises(ValueError, match=f"'{name}' parameter of VAEOverSampler"):
        sampler(**kwargs).fit(*numbers)


def test_images_keep_their_dtype(numbers):
    stream = np.random.default_rng(0)
    images = stream.integers(0, 256, (30, 4, 4, 1), dtype="uint8")
    rows, labels = sampler().fit_resample(images, np.repeat([0, 1], [20, 10]))
    assert (rows.dtype, rows.shape, len(labels)) == ("uint8", (40, 4, 4, 1), 40)
    np.testing.assert_array_equal(rows[:30], images)
    assert len(np.unique(rows[30:])) > 2  # grey means, not draws of black and white


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
@pytest.mark.parametrize(
    ("missing", "kwargs"),
    [(None, {}), (np.nan, {}), ("", {}), (-1, {"unlabelled": -1})],
)
def test_rows_without_a_label_teach_and_are_not_returned(numbers, missing, kwargs):
    x, y = numbers
    y = y.astype(object) if missing is None or missing == "" else y.astype(float)
    y[::2] = missing
    rows, labels = sampler(**kwargs).fit_resample(x, y)
    kept = np.arange(60) % 2 == 1
    np.testing.assert_array_equal(rows[:30], x[kept])
    assert (len(rows), set(labels)) == (40, {0, 1})
    rows, labels = sampler(return_unlabelled=True, **kwargs).fit_resample(x, y)
    assert len(rows) == 70
    np.testing.assert_array_equal(rows[30:60], x[~kept])


def test_minus_one_is_a_class_unless_it_is_said_to_be_none(numbers):
    x, y = numbers
    oversampler = sampler().fit(x, np.where(y == 0, -1, 1))
    assert oversampler.classes_.tolist() == [-1, 1]


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_works_in_pipelines_searches_and_folds_with_missing_labels(numbers):
    x, y = numbers
    model = make_pipeline(StandardScaler(), sampler(), LogisticRegression())
    search = GridSearchCV(model, {"vaeoversampler__beta": [0.5]}, cv=2).fit(x, y)
    assert search.best_score_ > 0.8
    some = y.astype(float)
    some[::3] = np.nan
    scores = cross_val_score(model, x, some, cv=LabelledFolds(2), error_score="raise")
    assert scores.mean() > 0.8


def test_clones_and_pickles(numbers):
    oversampler = sampler(method="noise")
    assert clone(oversampler).get_params() == oversampler.get_params()
    assert pickle.loads(pickle.dumps(oversampler)).method == "noise"


def test_takes_a_fitted_vae(numbers, make_vae):
    x, y = numbers
    rows, _ = sampler(vae=make_vae()).fit_resample(x.astype("float32"), y)
    assert rows.shape == (80, 4)
    frame = pd.DataFrame(x, columns=list("abcd")).assign(d=(9 * x[:, 3]).astype(int))
    rows, _ = sampler(vae=make_vae()).fit_resample(frame, y)
    assert (rows.dtypes == frame.dtypes).all() and len(rows) == 80
    rows, _ = sampler(vae=make_vae()).fit_resample(sparse.csr_matrix(x), y)
    assert sparse.issparse(rows) and rows.shape == (80, 4)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_sparse_matrices_and_lists_stay_what_they_are(numbers):
    x, y = numbers
    rows, labels = sampler().fit_resample(sparse.csc_matrix(x), y.tolist())
    assert sparse.issparse(rows) and rows.format == "csc"
    assert isinstance(labels, list)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_a_list_keeps_numbers_beside_words_and_holes_among_labels():
    x = [[i, f"{i % 3}", i / 4] for i in range(12)]
    y = ["yes"] * 4 + ["no"] * 7 + [float("nan")]
    oversampler = sampler()
    rows, labels = oversampler.fit_resample(x, y)
    assert oversampler.classes_.tolist() == ["no", "yes"]
    assert rows[:11] == x[:11] and len(rows) == len(labels) == 14
    assert [type(value) for value in rows[-1]] == [int, str, float]


def test_a_collapsed_vae_is_reported_with_the_remedy(numbers):
    oversampler = sampler(beta=1000.0, steps=300)
    with pytest.warns(CollapsedVAEWarning, match="lower beta") as caught:
        oversampler.fit_resample(*numbers)
    assert oversampler.collapsed_
    assert resampling_notes.collapse_note(oversampler.vae_) in oversampler.notes_
    assert caught[0].filename == __file__  # the line of the user


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((4, 2)), [0, 0, 1, 1], "a column that varies"),
        (np.eye(4), [0, 0, 0, 0], "more than 1 class"),
        (np.eye(4), [None] * 4, "none of 4 rows has a label"),
        (np.eye(4)[:, :0], [0, 0, 1, 1], "0 feature"),
        (np.eye(4), [0, 1], "inconsistent numbers of samples"),
        (
            pd.DataFrame([[1, 2]] * 4, columns=["a", "a"]),
            [0, 0, 1, 1],
            "unique column names",
        ),
    ],
)
def test_what_cannot_be_resampled_is_refused_in_words(x, y, message):
    with pytest.raises(ValueError, match=message):
        sampler().fit_resample(x, y)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
class TestMessages:
    x = np.random.default_rng(0).normal(size=(24, 3))

    def test_classes_that_come_short_are_named_as_the_user_names_them(self):
        y = np.array(["many"] * 20 + ["few"] * 4)
        judge = FewAccepted()
        oversampler = sampler(generative_classifier=judge)
        message = "only .* of 16 new rows of class few"
        with pytest.warns(TooFewRowsWarning, match=message) as caught:
            oversampler.fit_resample(self.x, y)
        with pytest.warns(
            TooFewRowsWarning, match="0 of 3 new rows of class few"
        ) as more:
            oversampler.sample(3)
        for warning in (*caught, *more):
            assert warning.filename == __file__

    def test_minus_one_is_asked_about_where_labels_should_spread(self):
        y = np.repeat([-1, 0, 1], 8)
        with pytest.warns(LabelWarning, match="Pass unlabelled=-1") as caught:
            sampler(method="propagate").fit_resample(self.x, y)
        assert caught[0].filename == __file__
        oversampler = sampler(method="propagate", unlabelled=-1)
        assert set(oversampler.fit_resample(self.x, y)[1]) == {0, 1}

    def test_what_is_wrong_names_the_remedy(self):
        y = np.arange(24) % 2
        with pytest.raises(ValueError, match=r"x\[..., None\]"):
            sampler().fit_resample(np.ones((24, 8, 8)), y)
        with pytest.raises(ValueError, match="Received: 'Auto'.* 'auto' chooses"):
            sampler(method="Auto").fit_resample(self.x, y)
        oversampler = sampler(sampling_strategy=2)
        oversampler.fit_resample(self.x, y)
        with pytest.raises(ValueError, match="A label of sample.* Received: 'one'"):
            oversampler.sample({"one": 2})

    def test_strict_warnings_find_nothing(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            warnings.simplefilter("ignore", CollapsedVAEWarning)
            sampler().fit_resample(self.x, np.arange(24) % 5 // 4)


class FewAccepted(GenerativeClassifier):
    """Accepts no row of class 0, whatever it is."""

    def __init__(self):
        super().__init__(2, seed=0)

    def judge(self, x, y=None):
        return y, np.ones(len(x)), np.asarray(y) != 0


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_an_argument_that_would_be_ignored_is_named(method):
    with pytest.raises(TypeError, match="sample_wieght"):
        getattr(sampler(), method)(np.eye(4), [0, 0, 1, 1], sample_wieght=np.ones(4))


@pytest.mark.parametrize("other", [{"latent_dim": 3}, {"steps": 5}, {"beta": 0.5}])
def test_settings_and_a_part_of_them_are_not_both_given(other):
    settings = VAESettings(2, 1.0, (8,), "mixed", batch_size=8, steps=5)
    with pytest.raises(
        ValueError, match=f"not both. Received: settings and {[*other][0]}"
    ):
        VAEOverSampler(settings=settings, **other).fit_resample(
            np.random.default_rng(0).normal(size=(12, 3)), [0, 1] * 6
        )


def test_before_training_the_message_names_fit_resample():
    with pytest.raises(NotFittedError, match="Call fit_resample with rows and labels"):
        VAEOverSampler().sample(3)


def test_draws_around_codes_of_ones_own(make_vae, table_rows):
    x, y = table_rows
    sampler = VAEOverSampler(vae=make_vae(), random_state=0, sampling_strategy=1)
    sampler.fit_resample(x, y)
    assert sampler.sample(9)[2]["parent"].nunique() > 2
    sampler.draw_around(encode(sampler.vae_, x, y).take([3, 25]))
    assert set(sampler.sample(9)[2]["parent"]) == {3, 25}
