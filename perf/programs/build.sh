#!/bin/sh
# Compiles the programs of the comparison.
#
# usage: build.sh [OUTPUT]           objects for Linux, bpf4j, uBPF and WebAssembly (clang-19, lld-19, llvm-19, libbpf-dev)
#        build.sh --native LIBRARY   one shared library for this machine (clang or gcc)
#
# writes OUTPUT/NAME.bpf.o, NAME.plain.o and NAME.wasm; OUTPUT is objects/ here unless given, and committed.
set -eu
cd "$(dirname "$0")"
sources=$(ls *.c | grep -v support.c)

if [ "${1:-}" = --native ]; then
    for compiler in "${CC:-}" clang clang-19 gcc cc; do
        [ -n "$compiler" ] && command -v "$compiler" >/dev/null && break
    done
    # shellcheck disable=SC2086
    exec "$compiler" -O2 -fPIC -shared -fvisibility=hidden -fno-strict-aliasing -o "$2" support.c $sources
fi

output=${1:-objects}
mkdir -p "$output"
clang=${CLANG:-clang-19}
strip=${LLVM_STRIP:-llvm-strip-19}
lld=${WASM_LD:-wasm-ld-19}
options="-O2 -Wall -Wextra -Werror -fno-strict-aliasing -ffile-prefix-map=$PWD=."
for source in $sources; do
    name=${source%.c}
    # shellcheck disable=SC2086
    {
        "$clang" --target=bpf -mcpu=v3 -g $options -idirafter "/usr/include/$(uname -m)-linux-gnu" -c "$source" \
            -o "$output/$name.bpf.o"
        "$strip" -g "$output/$name.bpf.o"
        grep -q 'uBPF has no' "$source" ||
            "$clang" --target=bpf -mcpu=v3 -DPLAIN $options -c "$source" -o "$output/$name.plain.o"
        "$clang" --target=wasm32 $options -c "$source" -o "$output/$name.wasm.o"
    }
    # Packets are put where the stack and the data of the program end.
    "$lld" --no-entry --strip-all --export=__heap_base --initial-memory=1048576 -z stack-size=16384 \
        "$output/$name.wasm.o" -o "$output/$name.wasm"
    rm "$output/$name.wasm.o"
    chmod a-x "$output/$name.wasm"
done
