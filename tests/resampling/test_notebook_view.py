import numpy as np
import pandas as pd

from kvae import VAEOverSampler, generate
from kvae.resampling.notebook_view import notebook_view
from kvae.verdicts import select, verdict

EVIL = "<script>alert(1)</script>"


def test_before_fitting_it_is_the_diagram():
    assert "new rows" not in notebook_view(VAEOverSampler())


def test_a_fitted_sampler_says_what_it_made():
    frame = pd.DataFrame({EVIL: [1.0, 2.0, 3.0, 7.0], "c": list("abab")})
    sampler = VAEOverSampler(steps=2, random_state=0, sampling_strategy=3)
    sampler.fit_resample(frame, [EVIL, "b", EVIL, "b"])
    bundle = sampler._repr_mimebundle_()
    assert "6 new rows" in bundle["text/html"] and "posterior" in bundle["text/html"]
    assert EVIL not in bundle["text/html"]


def test_results_show_themselves(make_vae, table_rows, make_source):
    new = generate(make_vae(), *table_rows, n=3)
    assert "6 generated rows of 4" in new._repr_html_()
    assert "10 test rows, which only scoring() opens" in make_source()._repr_html_()
    selection = select(np.random.default_rng(0).normal(size=(8, 3)), [0, 1] * 4)
    assert selection.reason in selection._repr_html_()
    scores = {"real": [0.7, 0.72, 0.71], "noise": [0.8, 0.83, 0.81]}
    assert "<strong>use it</strong>" in verdict(scores)._repr_html_()
