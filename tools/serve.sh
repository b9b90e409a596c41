#!/usr/bin/env bash
# Serves the models below a folder with TF Serving: REST on 8501, gRPC on 8500.
#
#     tools/serve.sh                 # saved_models
#     tools/serve.sh DIR             # another folder of <name>/<version>
#
# It takes docker, podman or the program tensorflow_model_server, the first that is
# there; ENGINE says which, by name or path. The image is that in tf_serving_image.txt,
# or IMAGE. REST_PORT and GRPC_PORT choose other ports. BATCHING=1 answers requests that
# arrive together in one batch; then only decode, encode, reconstruct, classify and the
# signatures ..._batch can be asked.
#
# Prints a line that begins with "ready" once every model is served, and ends with an
# error where that takes longer than READY_WITHIN seconds (300). A new version is served
# within seconds after its push; a new model after models.config is read again, at most
# a minute later, or, by the program, after a restart.
set -euo pipefail

here=${BASH_SOURCE[0]%/*}
base=$(cd "${1:-saved_models}" && pwd)
alternative="python -m tools.stand_in_server $base"

fail() {
    echo "error: $*" >&2
    exit 1
}

[ -f "$base/models.config" ] ||
    fail "$base holds no models.config. python -m recipes.export_decoder writes one" \
        "beside the models."

mapfile -t names < <(sed -n 's/^ *name: "\(.*\)"$/\1/p' "$base/models.config")
[ "${#names[@]}" -gt 0 ] ||
    fail "$base/models.config names no model, in lines of their own: name: \"...\""

engine=${ENGINE:-}
if [ -z "$engine" ]; then
    for engine in docker podman tensorflow_model_server ""; do
        command -v "${engine:-true}" > /dev/null && break
    done
fi
[ -n "$engine" ] ||
    fail "docker is missing, and so are podman and tensorflow_model_server. Install" \
        "one of them, or try the models without TF Serving: $alternative"
command -v "$engine" > /dev/null || fail "there is no $engine, which ENGINE asks for."

rest=${REST_PORT:-8501} grpc=${GRPC_PORT:-8500}
case ${engine##*/} in
    docker* | podman*)
        "$engine" info > /dev/null 2>&1 ||
            fail "$engine is installed, but does not answer. Start its service, or try" \
                "the models without TF Serving: $alternative"
        image=${IMAGE:-$(grep -v '^#' "$here/tf_serving_image.txt")}
        "$engine" image inspect "$image" > /dev/null 2>&1 || "$engine" pull "$image" >&2
        digest=$("$engine" image inspect --format '{{index .RepoDigests 0}}' "$image")
        echo "image $image is $digest" >&2
        inside=/models
        command=(
            "$engine" run --rm --publish "$rest:8501" --publish "$grpc:8500"
            --mount "type=bind,source=$base,target=$inside,readonly" "$image"
            --model_config_file=$inside/models.config
            --model_config_file_poll_wait_seconds=60
        )
        ;;
    *)
        # models.config has the paths of a container.
        inside=$base
        config=$(mktemp)
        trap 'rm -f "$config"' EXIT
        text=$(< "$base/models.config")
        echo "${text//'base_path: "/models/'/"base_path: \"$base/"}" > "$config"
        command=(
            "$engine" "--rest_api_port=$rest" "--port=$grpc"
            "--model_config_file=$config"
        )
        ;;
esac
command+=("--monitoring_config_file=$inside/monitoring.config")
if [ "${BATCHING:-0}" = 1 ]; then
    command+=(
        --enable_batching
        "--batching_parameters_file=$inside/batching_parameters.txt"
    )
fi

# Whether the server says that a model has a version that it serves.
available() {
    local LC_ALL=C name=$1 path="" i byte
    for ((i = 0; i < ${#name}; i++)); do
        byte=${name:i:1}
        [[ $byte == [A-Za-z0-9._-] ]] || printf -v byte '%%%02X' "'$byte"
        path+=$byte
    done
    {
        exec 3<> "/dev/tcp/127.0.0.1/$rest" &&
            printf 'GET /v1/models/%s HTTP/1.0\r\n\r\n' "$path" >&3 &&
            [[ $(cat <&3) == *'"AVAILABLE"'* ]]
    } 2> /dev/null
}

"${command[@]}" >&2 &
server=$!
trap 'kill -TERM "$server" 2> /dev/null' TERM INT
for name in "${names[@]}"; do
    until available "$name"; do
        kill -0 "$server" 2> /dev/null || {
            wait "$server" || status=$?
            fail "TF Serving ended with status ${status:-0} before it served $name."
        }
        if [ "$SECONDS" -gt "${READY_WITHIN:-300}" ]; then
            kill -TERM "$server"
            wait "$server" || true
            fail "$name is not served after ${READY_WITHIN:-300} s. READY_WITHIN waits" \
                "longer."
        fi
        sleep 0.2
    done
done
echo "ready: http://localhost:$rest/v1/models/${names[0]} and ${#names[@]} models in all"
status=0
wait "$server" || status=$?
if kill -0 "$server" 2> /dev/null; then # a signal has ended the waiting
    status=0
    wait "$server" || status=$?
fi
exit "$status"
