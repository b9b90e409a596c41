#!/usr/bin/env bash
# Serves the models below a folder with TF Serving in docker: REST on 8501, gRPC on 8500.
#
#     tools/serve.sh                 # saved_models
#     tools/serve.sh DIR             # another folder of <name>/<version>
#
# IMAGE, REST_PORT and GRPC_PORT choose others. BATCHING=1 answers requests that arrive
# together in one batch; then only decode, encode, reconstruct, classify and the
# signatures ..._batch can be asked. A new version is served within seconds after its
# push; a new model after models.config is read again, at most a minute later.
set -euo pipefail

base=$(cd "${1:-saved_models}" && pwd)
image=${IMAGE:-tensorflow/serving:latest}
alternative="python -m tools.stand_in_server $base"

if [ ! -f "$base/models.config" ]; then
    echo "error: $base holds no models.config. python -m recipes.export_decoder writes" \
        "one beside the models." >&2
    exit 1
fi
if ! command -v docker > /dev/null; then
    echo "error: docker is missing. Install it, or try the models without TF Serving:" \
        "$alternative" >&2
    exit 1
fi
if ! docker info > /dev/null 2>&1; then
    echo "error: docker is installed, but its daemon does not answer. Start it, or try" \
        "the models without TF Serving: $alternative" >&2
    exit 1
fi

flags=(
    --model_config_file=/models/models.config
    --model_config_file_poll_wait_seconds=60
    --monitoring_config_file=/models/monitoring.config
)
if [ "${BATCHING:-0}" = 1 ]; then
    flags+=(
        --enable_batching
        --batching_parameters_file=/models/batching_parameters.txt
    )
fi
exec docker run --rm \
    --publish "${REST_PORT:-8501}:8501" \
    --publish "${GRPC_PORT:-8500}:8500" \
    --mount "type=bind,source=$base,target=/models,readonly" \
    "$image" "${flags[@]}"
