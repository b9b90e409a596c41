"""Many clients at a time: throughput and latency of the stand-in, beside the function.

What `python -m tools.benchmark_serving --load` runs. The server is a process of its
own; clients are threads that send the same bytes again and again, each on its
connection, and do not read what the answers say: the numbers are the server's.
"""

import contextlib
import gc
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from kvae.serving import export, wire
from tools import rest_json
from tools.served_version import ServedVersion

_ROOT = Path(__file__).parents[1]
_GRPC = "/tensorflow.serving.PredictionService/Predict"
LATENTS = 50
SIGNATURES = ("decode", "sample")


def bare_functions(vae):
    """Returns {signature: tf.function} of what is served, without a check."""

    def decode(z):
        return {"x": vae.decode(z)}

    def sample(n, seed):
        z = tf.random.stateless_normal([n, LATENTS], tf.stack([seed, 0]))
        return {"x": vae.decode(z)}

    z = tf.TensorSpec([None, LATENTS], tf.float32, name="z")
    numbers = [tf.TensorSpec([], tf.int32, "n"), tf.TensorSpec([], tf.int64, "seed")]
    return {
        "decode": tf.function(decode, input_signature=[z], autograph=False),
        "sample": tf.function(sample, input_signature=numbers, autograph=False),
    }


def inputs_of(signature, rows):
    """Returns the arrays that ask for so many rows."""
    if signature == "decode":
        z = np.random.default_rng(0).standard_normal((rows, LATENTS))
        return {"z": z.astype("float32")}
    return {"n": np.int32(rows), "seed": np.int64(7)}


def layers(functions, plain, served, signature, rows):
    """Returns {name: call}, each with one more layer than the one before it."""
    inputs = inputs_of(signature, rows)
    tensors = {key: tf.constant(value) for key, value in inputs.items()}
    body = wire.to_line(signature, inputs).encode()
    return {
        "bare tf.function": lambda: functions[signature](**tensors)["x"].numpy(),
        "in a session": lambda: plain.predict(signature, inputs),
        "with the checks": lambda: served.predict(signature, inputs),
        "from and to JSON": lambda: json.dumps(
            rest_json.predict_json(served, rest_json.read(body))
        ).encode(),
    }


def rest_client(port, signature, rows):
    """Returns a function that asks once, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = wire.to_line(signature, inputs_of(signature, rows)).encode()

    def ask():
        connection.request("POST", "/v1/models/vae:predict", body)
        with connection.getresponse() as response:
            answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(answer.decode())

    return ask


def grpc_client(port, signature, rows):
    """Returns the same by gRPC."""
    import grpc

    options = [("grpc.use_local_subchannel_pool", 1)]
    options += [(f"grpc.max_{way}_message_length", -1) for way in ("receive", "send")]
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)
    call = channel.unary_unary(_GRPC)  # of bytes
    request = wire.to_request("vae", signature, inputs_of(signature, rows))
    request = request.SerializeToString()
    return lambda: call(request, timeout=60)


def load(new_client, clients, seconds):
    """Returns the latencies of all requests in seconds, and requests per second."""
    latencies, ready = [[] for _ in range(clients)], threading.Barrier(clients + 1)
    stop = threading.Event()

    def work(mine):
        ask = new_client()
        ask()  # connects
        ready.wait()
        while not stop.is_set():
            start = time.perf_counter()
            ask()
            mine.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in latencies]
    for thread in threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    latencies = np.concatenate(latencies)
    return latencies, len(latencies) / elapsed


@contextlib.contextmanager
def server(base):
    """Yields {"REST": port, "gRPC": port} of a server of its own process."""
    command = [sys.executable, "-m", "tools.stand_in_server", str(base)]
    command += ["--rest-port", "0", "--grpc-port", "0"]
    process = subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        grpc, rest = (int(process.stdout.readline().rsplit(":")[-1]) for _ in range(2))
        yield {"REST": rest, "gRPC": grpc}
    finally:
        process.terminate()
        process.wait()


def seconds_of(call, seconds):
    """Returns (median seconds of a call, its mean seconds of CPU), over a while.

    Where the machine is busy, long calls are interrupted and short ones are not: the
    CPU's seconds compare them still.
    """
    times, cpu, end = [], time.process_time(), time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return np.median(times), (time.process_time() - cpu) / len(times)


def main(vae, quick):
    """Prints the layers of a call, then every load beside the bare function."""
    rounds, seconds = (1, 0.2) if quick else (3, 1.0)
    numbers_of_clients = (1, 4) if quick else (1, 4, 16, 64)
    functions = bare_functions(vae)
    with tempfile.TemporaryDirectory() as base:
        kept = {name: f.get_concrete_function() for name, f in functions.items()}
        module = tf.Module()
        module.kept = [variable.value for variable in vae.variables]
        tf.saved_model.save(module, f"{base}/plain", signatures=kept)
        path = export(vae, Path(base) / "vae" / "1", signatures=SIGNATURES)
        plain, served = ServedVersion(f"{base}/plain"), ServedVersion(path)
        gc.freeze()  # as the server does
        with server(base) as ports:
            for signature in SIGNATURES:
                for rows in (1, 64):
                    calls = layers(functions, plain, served, signature, rows)
                    clients = {
                        way: lambda way=way, make=make, ask=(signature, rows): make(
                            ports[way], *ask
                        )
                        for way, make in (("REST", rest_client), ("gRPC", grpc_client))
                    }
                    measure(
                        f"{signature}, {rows} row{'s' * (rows > 1)}",
                        calls,
                        clients,
                        numbers_of_clients,
                        (rounds, seconds),
                        rows,
                    )


def measure(title, calls, clients, numbers, turns, rows):
    """Prints the table of one request: everything in turns, in one run."""
    rounds, seconds = turns
    layer_seconds = {name: [] for name in calls}
    loads = {(way, number): [] for way in clients for number in numbers}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            layer_seconds[name].append(seconds_of(call, seconds / 4))
        for (way, number), found in loads.items():
            found.append(load(clients[way], number, seconds))
    layer_seconds = {name: np.array(found) for name, found in layer_seconds.items()}
    bare = layer_seconds["bare tf.function"]
    print(f"\n{title:24} {'ms':>8} {'of bare':>8} {'CPU ms':>8} {'of bare':>8}")
    for name, found in layer_seconds.items():
        (wall, cpu), ratios = np.median(found, axis=0), np.median(found / bare, axis=0)
        print(
            f"{name:24} {1000 * wall:8.2f} {ratios[0]:8.2f} {1000 * cpu:8.2f} "
            f"{ratios[1]:8.2f}",
            flush=True,
        )
    bare = bare[:, 0]
    heads = ("requests/s", "rows/s", "of bare", "p50 ms", "p95", "p99")
    print(f"{'':24}" + "".join(f" {head:>10}" for head in heads))
    for (way, number), found in loads.items():
        latencies = np.concatenate([times for times, _ in found])
        rates = np.array([rate for _, rate in found])
        p50, p95, p99 = 1000 * np.percentile(latencies, [50, 95, 99])
        name = f"{way}, {number} client{'s' * (number > 1)}"
        print(
            f"{name:24} {np.median(rates):10.0f} {rows * np.median(rates):10.0f} "
            f"{np.median(rates * bare):10.2f} {p50:10.1f} {p95:10.1f} {p99:10.1f}",
            flush=True,
        )
