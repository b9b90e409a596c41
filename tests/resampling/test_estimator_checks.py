"""imbalanced-learn's and scikit-learn's own checks of estimators."""

import imblearn.utils.estimator_checks as imblearn_checks
import pytest
import sklearn.utils.estimator_checks as sklearn_checks

from kvae import VAEOverSampler

# Each trains VAEs on 1,000 rows, in seconds each; the others stay in the default run.
SLOW = {
    "check_sampler_get_feature_names_out",
    "check_sampler_get_feature_names_out_pandas",
    "check_samplers_2d_target",
    "check_samplers_fit_resample",
    "check_samplers_list",
    "check_samplers_multiclass_ova",
    "check_samplers_pandas",
    "check_samplers_pandas_sparse",
    "check_samplers_preserve_dtype",
    "check_samplers_sample_indices",
    "check_samplers_sampling_strategy_fit_resample",
    "check_samplers_sparse",
}


def imblearn_pairs():
    for estimator, check in imblearn_checks.estimator_checks_generator(
        VAEOverSampler()
    ):
        name = imblearn_checks._check_name(check)
        marks = [pytest.mark.slow] if name in SLOW else []
        yield pytest.param(estimator, check, marks=marks, id=name)


@pytest.mark.parametrize(("estimator", "check"), list(imblearn_pairs()))
@pytest.mark.filterwarnings("ignore")
def test_imbalanced_learn_s_checks_pass(estimator, check):
    # Like imbalanced-learn's own samplers, it is random unless it is told a seed.
    imblearn_checks.set_random_state(estimator)
    check(estimator)


@sklearn_checks.parametrize_with_checks([VAEOverSampler()])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_s_checks_pass(estimator, check):
    check(estimator)
