# shellcheck shell=bash
# What the benchmarks share; sourced.

# Debian's psql and pg_isready are a Perl wrapper that costs 20 ms; the programs themselves are the fair peers.
for folder in /usr/lib/postgresql/*/bin; do
    [[ -d $folder ]] && PATH=$folder:$PATH
done

# need PROGRAM…: all of them are there, or the benchmark could not run.
need() {
    local program
    for program in "$@"; do
        command -v "$program" > /dev/null && continue
        echo "bench: $program is missing: .ci/setup" >&2
        exit 1
    done
}

# opsctl_path: the absolute path of the opsctl to measure.
opsctl_path() {
    local path=${OPSCTL:-$PWD/.build/release/opsctl}
    [[ -x $path ]] || {
        echo "bench: no opsctl at $path: swift build -c release --static-swift-stdlib --product opsctl, or set OPSCTL" >&2
        exit 1
    }
    realpath "$path"
}

# table JSON REFERENCE: hyperfine's medians in milliseconds, and each beside that of the command called REFERENCE.
table() {
    jq -r --arg reference "$2" '
        (.results[] | select(.command == $reference).median) as $base
        | .results[] | [.command, .median * 1000, .min * 1000, .max * 1000, .median / $base] | @tsv' "$1" |
        awk -F'\t' -v reference="$2" '
            BEGIN { printf "%-28s %10s %10s %10s   %s\n", "COMMAND", "MEDIAN ms", "MIN ms", "MAX ms", "RATIO to " reference }
            { printf "%-28s %10.1f %10.1f %10.1f   %.2f\n", $1, $2, $3, $4, $5 }'
    echo "load average after it: $(cut -d' ' -f1-3 /proc/loadavg)"
}

# cutover_bench ARGUMENT…: builds and runs the program behind `cutover` and `deploy`; ends its servers also when it was interrupted.
cutover_bench() {
    local build=${SCRATCH_PATH:-.build-bench}
    swift build -c release --static-swift-stdlib --scratch-path "$build" --product cutover-bench >&2
    SCRATCH=$(mktemp -d)
    export SCRATCH
    chmod 711 "$SCRATCH"
    trap 'end_using "$SCRATCH"; rm -rf "$SCRATCH"' EXIT
    "$build/release/cutover-bench" "$@"
    echo "load average after it: $(cut -d' ' -f1-3 /proc/loadavg)"
}

# end_using FOLDER: ends the programs that were started with a path below it.
end_using() {
    local process
    for process in /proc/[0-9]*; do
        tr '\0' '\n' 2> /dev/null < "$process/cmdline" | grep -qF -- "$1/" || continue
        kill "${process#/proc/}" 2> /dev/null || true
    done
}
