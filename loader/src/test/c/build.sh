#!/bin/sh
# Builds the objects under src/test/resources/objects from the C beside this script. Needs clang 19 or
# later and the headers of libbpf-dev and linux-libc-dev. The objects are committed: run it after
# changing the C.
set -eu
cd "$(dirname "$0")"
out=../resources/objects
clang=${CLANG:-clang-19}
include=$(dirname "$(find /usr/include -path '*/asm/types.h' | head -1)")/..
mkdir -p "$out"
compile() { # SOURCE OBJECT FLAGS...
	source=$1 object=$2
	shift 2
	"$clang" -target bpf -g -O2 -Wall -mcpu=v3 -I "$include" -fdebug-prefix-map="$PWD=." "$@" \
		-c "$source" -o "$out/$object"
	llvm-strip-19 -g "$out/$object"
}
for source in *.bpf.c; do
	compile "$source" "${source%.bpf.c}.bpf.o"
done
# The same in big-endian order.
for name in maps globals calls core_reader; do
	compile "$name.bpf.c" "${name}_be.bpf.o" -target bpfeb
done
# Older instruction sets, and functions not inlined.
compile calls.bpf.c calls_v1.bpf.o -mcpu=v1
compile calls.bpf.c calls_v4.bpf.o -mcpu=v4
compile globals.bpf.c globals_v2.bpf.o -mcpu=v2
