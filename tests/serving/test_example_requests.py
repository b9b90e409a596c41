import numpy as np


def test_every_signature_answers_its_request_as_recorded(served, requests):
    assert set(requests) == set(served.signatures) - {"serving_default"}
    for name, (inputs, expected) in requests.items():
        answer = served.predict(name, inputs)
        assert set(answer) == set(expected)
        for key, value in answer.items():
            if value.dtype == object:
                assert value.tolist() == expected[key].tolist(), (name, key)
            else:
                np.testing.assert_allclose(value, expected[key], atol=1e-6)
