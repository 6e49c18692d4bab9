# SPDX-License-Identifier: Apache-2.0
"""Counts what examples/xdp_firewall should say about a capture, by nothing but tcpdump's filters.

usage: count_with_tcpdump.py CAPTURE     prints JSON: {"reasons": [[packets, bytes], ...], "verdicts": {...}}

The firewall's rules are written here a second time, as filter expressions; no code is shared with it or with bpf4j.
"""

import functools
import json
import re
import subprocess
import sys

ACCEPTED, NOT_IP, LATER_FRAGMENT, MALFORMED, BLOCKED_SOURCE, BLOCKED_PORT, IMPOSSIBLE_FLAGS, TOO_MANY_HEADERS = range(8)
BLOCKED_PORTS = (23, 445, 1900)
HEADERS = 6  # how many headers after the IPv6 header are looked at


@functools.cache
def count(expression):
    """The packets that match, and the bytes of their frames."""
    lines = subprocess.run(
        ["tcpdump", "-nn", "-t", "-e", "-q", "-r", sys.argv[1], expression],
        check=True, capture_output=True, text=True, errors="replace",
    ).stdout.splitlines()
    lengths = [re.match(r"[0-9a-f:]{17} > [0-9a-f:]{17}, .*?length (\d+)", line) for line in lines]
    lengths = [int(match.group(1)) for match in lengths if match]
    return len(lengths), sum(lengths)


class Rules:
    """Adds up the reasons; a rule takes its packets from a filter, and only those that no rule before it took."""

    def __init__(self):
        self.reasons = [[0, 0] for _ in range(8)]

    def add(self, reason, *conditions):
        packets, size = count(" and ".join(f"({condition})" if i else condition for i, condition in enumerate(conditions)))
        self.reasons[reason][0] += packets
        self.reasons[reason][1] += size
        return packets

    def transport(self, prefix, protocol, ip, at, link):
        """prefix: what leads here; protocol, at: expressions for the protocol's number and its header's offset."""
        here = lambda field, size=1: f"{ip}[{at} + {field}:{size}]"
        for number, size, sound in [(6, 20, f"{here(12)} >> 4 >= 5"), (17, 8, f"{here(4, 2)} >= 8")]:
            this = f"{prefix} and {protocol} = {number}"
            whole = f"len >= {link} + {at} + {size}"
            self.add(MALFORMED, this, f"not {whole}")
            self.add(MALFORMED, this, whole, f"not {sound}")
            good = f"{this} and {whole} and {sound}"
            impossible = "1 = 0"
            if number == 6:
                impossible = f"{here(13)} & 3 = 3 or {here(13)} & 6 = 6"
                self.add(IMPOSSIBLE_FLAGS, good, impossible)
            blocked = " or ".join(f"{here(2, 2)} = {port}" for port in BLOCKED_PORTS)
            self.add(BLOCKED_PORT, good, f"not ({impossible})", blocked)
            self.add(ACCEPTED, good, f"not ({impossible})", f"not ({blocked})")
        self.add(ACCEPTED, prefix, f"{protocol} != 6 and {protocol} != 17")

    def ipv4(self, tags, link):
        self.add(MALFORMED, f"{tags} ip", f"len < {link} + 20")
        whole = f"{tags} ip and len >= {link} + 20"
        sound = f"ip[0] >> 4 = 4 and ip[0] & 15 >= 5 and ip[2:2] >= 4 * (ip[0] & 15) and ip[2:2] <= len - {link}"
        self.add(MALFORMED, whole, f"not ({sound})")
        blocked = "src net 203.0.113.0/24 or src net 198.51.100.64/26"
        self.add(BLOCKED_SOURCE, whole, sound, blocked)
        allowed = f"{whole} and {sound} and not ({blocked})"
        self.add(LATER_FRAGMENT, allowed, "ip[6:2] & 0x1fff != 0")
        self.transport(f"{allowed} and ip[6:2] & 0x1fff = 0", "ip[9]", "ip", "4 * (ip[0] & 15)", link)

    def ipv6(self, tags, link):
        self.add(MALFORMED, f"{tags} ip6", f"len < {link} + 40")
        whole = f"{tags} ip6 and len >= {link} + 40"
        sound = f"ip6[0] >> 4 = 6 and ip6[4:2] <= len - {link} - 40"
        self.add(MALFORMED, whole, f"not ({sound})")
        self.add(BLOCKED_SOURCE, whole, sound, "src net 2001:db8:bad::/48")
        self.headers(f"{whole} and {sound} and not src net 2001:db8:bad::/48", "ip6[6]", "40", link, HEADERS)

    def headers(self, prefix, following, at, link, left):
        """Extension headers differ in how long they are: one filter for every way to combine them that occurs."""
        if count(prefix)[0] == 0:
            return
        if left == 0:
            self.add(TOO_MANY_HEADERS, prefix)
            return
        generic = " or ".join(f"{following} = {number}" for number in (0, 43, 60))
        authentication = f"{following} = 51"
        fragment = f"{following} = 44"
        extension = f"{generic} or {authentication} or {fragment}"
        self.transport(f"{prefix} and not ({extension})", following, "ip6", f"({at})", link)
        self.add(MALFORMED, prefix, extension, f"len < {link} + {at} + 8")
        prefix = f"{prefix} and len >= {link} + {at} + 8"
        length = f"ip6[{at} + 1]"
        self.headers(f"{prefix} and ({generic})", f"ip6[{at}]", f"{at} + 8 + 8 * {length}", link, left - 1)
        self.headers(f"{prefix} and {authentication}", f"ip6[{at}]", f"{at} + 8 + 4 * {length}", link, left - 1)
        later = f"ip6[{at} + 2:2] & 0xfff8 != 0"
        self.add(LATER_FRAGMENT, f"{prefix} and {fragment}", later)
        self.headers(f"{prefix} and {fragment} and not {later}", f"ip6[{at}]", f"{at} + 8", link, left - 1)


def main():
    rules = Rules()
    tag = "(ether[{0}:2] = 0x8100 or ether[{0}:2] = 0x88a8)"
    # Up to two VLAN tags; the word "vlan" moves everything after it by four bytes.
    for tags in range(3):
        link = 14 + 4 * tags
        rules.ipv4("vlan and " * tags, link)
        rules.ipv6("vlan and " * tags, link)
        tagged = " and ".join(["len >= 14"] + [tag.format(12 + 4 * i) for i in range(tags)])
        if tags > 0:
            rules.add(MALFORMED, tagged, f"len < {link}")
        other = f"{tagged} and len >= {link}"
        kind = f"ether[{link - 2}:2]"
        last = "1 = 1" if tags == 2 else "not " + tag.format(link - 2)
        rules.add(NOT_IP, other, f"{kind} != 0x0800 and {kind} != 0x86dd", last)

    reasons = rules.reasons
    passed = [sum(column) for column in zip(*reasons[:MALFORMED])]
    dropped = [sum(column) for column in zip(*reasons[MALFORMED:])]
    total = list(count("len >= 0"))
    if [a + b for a, b in zip(passed, dropped)] != total:
        sys.exit(f"the filters count {passed} passed and {dropped} dropped, of {total}")
    print(json.dumps({"reasons": reasons, "verdicts": {"XDP_PASS": passed, "XDP_DROP": dropped}}))


if __name__ == "__main__":
    main()
