"""The way from KVAE_TF_SERVING to a server, where there is no TF Serving."""

import sys

import numpy as np
import pytest

from kvae.serving import Client
from tests.serving import conftest

# The stand-in, started as the program of TF Serving is.
PROGRAM = """#!{python}
import re, subprocess, sys
asked = dict(word.lstrip("-").split("=", 1) for word in sys.argv[1:])
config = open(asked["model_config_file"]).read()
base = re.search('base_path: "(.*)/[^/]+"', config)[1]
command = [sys.executable, "-m", "tools.stand_in_server", base]
command += ["--rest-port", asked["rest_api_port"], "--grpc-port", asked["port"]]
with subprocess.Popen(command, cwd={root!r}) as server:
    import signal
    signal.signal(signal.SIGTERM, lambda number, frame: server.terminate())
    sys.exit(server.wait())
"""


@pytest.mark.slow
def test_the_tests_of_tf_serving_start_wait_for_and_end_it(
    models_dir, image_model, multi_model, table_model, tmp_path, monkeypatch
):
    pytest.importorskip("tensorflow_serving")
    program = tmp_path / "tensorflow_model_server"
    text = PROGRAM.format(python=sys.executable, root=str(conftest.ROOT))
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv(conftest.REAL, str(program))
    servers = conftest.real_server(models_dir)
    urls = next(servers)
    for url in urls.values():
        assert Client(url, "images").decode(np.zeros((2, 3))).shape == (2, 8, 8, 1)
        rows = Client(url, "people").sample(2, seed=0, class_name="no")
        assert list(rows["buys"]) == ["no", "no"]
    servers.close()
    with pytest.raises(OSError):
        Client(urls["rest"], "images").decode(np.zeros((2, 3)))
