import json

import numpy as np
import pytest

from kvae.samplers import Chain, Interpolate, Noise, Normal, Posterior


def test_members_work_on_each_others_output(make_codes, means_of):
    codes = make_codes()
    chain = Chain([Interpolate(alpha=0.5, k=1), Interpolate(alpha=1.0, k=1)])
    draws = chain.draw(codes, 6, seed=0)
    # The second member goes all the way to the neighbour, wherever the first ended.
    np.testing.assert_allclose(draws.z, means_of(codes, draws.partner))


def test_members_keep_their_own_parameters(make_codes, means_of):
    codes = make_codes()
    draws = Chain([Noise(0.09), Noise(0.16)]).draw(codes, 20_000, seed=0)
    noise = draws.z - means_of(codes, draws.parent)
    np.testing.assert_allclose(noise.var(axis=0), 0.25, rtol=0.03)
    alphas = [entry["alpha"] for entry in json.loads(f"[{draws.params[0]}]")]
    assert alphas == [0.09, 0.16]


def test_the_prior_can_start_a_chain_but_has_no_parents_to_offer(make_codes):
    codes = make_codes(replicas=True)
    assert np.isfinite(Chain([Normal(), Noise()]).draw(codes, 3, seed=0).z).all()
    for member in (Interpolate(), Posterior()):
        with pytest.raises(ValueError, match="which have no parent row"):
            Chain([Normal(), member]).draw(codes, 3, seed=0)


@pytest.mark.parametrize("members", [[], ["noise"], [None]])
def test_refuses_what_is_no_chain(members):
    with pytest.raises(ValueError, match="list of at least one sampler"):
        Chain(members)
