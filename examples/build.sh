#!/bin/sh
# Compiles the examples, and the broken editions of them that broken/*.patch describe, with Debian's clang-19.
#
# usage: build.sh [OUTPUT]
#
# writes OUTPUT/*.o and OUTPUT/broken/*.o; OUTPUT is this directory unless given.
set -eu
cd "$(dirname "$0")"
output=${1:-.}
mkdir -p "$output/broken"
output=$(cd "$output" && pwd)
clang=${CLANG:-clang-19}
strip=${LLVM_STRIP:-llvm-strip-19}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# compile SOURCE OBJECT: keeps BTF with its source lines, drops DWARF, and says nothing about where this was built.
compile() {
    (
        cd "$(dirname "$1")"
        "$clang" --target=bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -idirafter "/usr/include/$(uname -m)-linux-gnu" \
            -ffile-prefix-map="$PWD=." -c "$(basename "$1")" -o "$2"
    )
    "$strip" -g "$2"
}

for source in *.bpf.c; do
    compile "$source" "$output/${source%.c}.o"
done
for patch in broken/*.patch; do
    name=$(basename "$patch" .patch) # such as xdp_firewall.no-null-check
    example=${name%%.*}.bpf.c
    mkdir "$scratch/$name"
    patch --quiet --output="$scratch/$name/$example" "$example" "$patch"
    compile "$scratch/$name/$example" "$output/broken/$name.o"
done
