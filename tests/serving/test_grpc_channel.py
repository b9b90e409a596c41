import sys

import pytest

from kvae.serving import grpc_channel


def test_names_the_extra_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "grpc", None)
    with pytest.raises(ImportError, match=r"kvae\[grpc\]"):
        grpc_channel.Channel("localhost:8500")


def test_a_server_that_is_not_there_is_a_connection_error():
    channel = grpc_channel.Channel("127.0.0.1:9")
    request = grpc_channel.wire.to_request("m", "decode", {"z": [[0.0]]})
    with pytest.raises(ConnectionError, match="127.0.0.1:9"):
        channel.predict(request, timeout=5)
    channel.close()
