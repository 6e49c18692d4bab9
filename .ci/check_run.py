# SPDX-License-Identifier: Apache-2.0
"""Compares what the README's main command printed with what tcpdump's filters count.

usage: check_run.py COUNTS TEXT JSON...

COUNTS is the output of count_with_tcpdump.py, TEXT that of `bpf4j run`, JSON that of `bpf4j run --json`, of one engine each.
"""

import json
import re
import sys

counts = json.load(open(sys.argv[1]))
verdicts = {name: tuple(count) for name, count in counts["verdicts"].items()}
reasons = [tuple(count) for count in counts["reasons"]]


def same(what, printed, counted):
    if printed != counted:
        sys.exit(f"{what}: bpf4j says {printed}, tcpdump's filters say {counted}")


text = open(sys.argv[2]).read()
rows = re.findall(r"^(XDP_\w+) +([\d,]+) +([\d,]+)$", text, re.MULTILINE)
same("printed verdicts", {name: (int(a.replace(",", "")), int(b.replace(",", ""))) for name, a, b in rows}, verdicts)

for path in sys.argv[3:]:
    report = json.load(open(path))
    engine = report["engine"]
    same(f"verdicts, {engine}", {name: (v["packets"], v["bytes"]) for name, v in report["verdicts"].items()}, verdicts)
    entries = next(m for m in report["maps"] if m["name"] == "counters")["entries"]
    sums = [tuple(sum(cpu[field] for cpu in entry["values"]) for field in ("packets", "bytes")) for entry in entries]
    same(f"counters, {engine}", sums, reasons)

print("the same counts as tcpdump's filters:", verdicts)
