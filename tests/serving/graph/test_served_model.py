import numpy as np
import tensorflow as tf

from kvae.serving.graph.served_model import ServedModel


def test_each_row_of_a_multi_vae_goes_through_its_own_replica(multi_vae):
    model = ServedModel(multi_vae, ("no", "yes"), None, None)
    x = np.random.default_rng(0).standard_normal((3, 3)).astype("float32")
    z_mean, _ = model.encode(tf.constant(x), tf.constant([1, 0, 1]))
    both = multi_vae.encode(np.stack([x, x]))[0].numpy()
    expected = [both[1, 0], both[0, 1], both[1, 2]]
    np.testing.assert_allclose(z_mean, expected, atol=1e-5)


def test_codes_of_a_plain_autoencoder_have_no_variance(make_vae):
    model = ServedModel(make_vae(deterministic=True), None, None, None)
    _, z_log_var = model.encode(tf.zeros((2, 4)))
    assert np.all(z_log_var == -np.inf)
