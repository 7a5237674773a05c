# What the scripts share; they source it at the root of the sources.

# Runs a command; its output is shown only when it fails.
quietly() {
    mkdir -p .cache
    output=$(mktemp .cache/output.XXXXXX)
    if "$@" </dev/null >"$output" 2>&1; then
        rm -f "$output"
    else
        status=$?
        cat "$output" >&2
        rm -f "$output"
        return $status
    fi
}

# build_in FOLDER [MESON-OPTION…]: sets FOLDER up unless it is with these very options, and builds it,
# or of it what $targets names.
targets=
build_in() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$folder/.options" 2>/dev/null)" != "$*" ]; then
        rm -rf "$folder"
        quietly meson setup "$folder" "$@"
        echo "$*" >"$folder/.options"
    fi
    quietly ninja --quiet -C "$folder" $targets
}
