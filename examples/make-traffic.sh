#!/bin/sh
# Makes traffic.pcap: what passes between two network namespaces while one asks and the other answers.
#
# usage: make-traffic.sh [OUTPUT]
#
# Needs root, iproute2, ethtool, tcpdump and python3. All traffic stays in the two namespaces, which this script makes
# and removes. No two runs give the same bytes: the packets are real, with real times.
set -eu
cd "$(dirname "$0")"
output=${1:-traffic.pcap}
client=bpf4j-client
server=bpf4j-server

clean_up() {
    for space in $client $server; do
        ip netns pids $space 2>/dev/null | while read -r process; do kill "$process" 2>/dev/null || true; done
        ip netns del $space 2>/dev/null || true
    done
}
trap clean_up EXIT
for space in $client $server; do
    if [ -e /run/netns/$space ]; then
        echo "there is already a network namespace $space; remove it first: ip netns del $space" >&2
        trap - EXIT
        exit 1
    fi
done

ip netns add $client
ip netns add $server
ip link add eth0 netns $client address 02:00:00:00:00:01 type veth peer name eth0 netns $server address 02:00:00:00:00:02

# join NAMESPACE HOST: its addresses, and no offloads, so that the capture has the packets as a wire would.
join() {
    inside="ip -netns $1"
    ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip netns exec "$1" ethtool -K eth0 tx off rx off tso off gso off gro off txvlan off rxvlan off >/dev/null 2>&1 || true
    $inside link set lo up
    $inside address add 10.10.0.$2/24 dev eth0
    $inside address add 2001:db8:10::$2/64 dev eth0 nodad
    $inside link set eth0 up
    # VLAN 100, by a program rather than the kernel's 8021q, which is not everywhere.
    ip netns exec "$1" python3 traffic.py trunk &
    for _ in 1 2 3 4 5 6 7 8 9; do
        if $inside link show vlan100 >/dev/null 2>&1; then break; fi
        sleep 0.3
    done
    $inside address add 10.10.100.$2/24 dev vlan100
    $inside address add 2001:db8:100::$2/64 dev vlan100 nodad
    $inside link set vlan100 up
}
join $client 1
join $server 2

# Addresses that the firewall blocks, from which the client sends too.
for address in 203.0.113.7/32 198.51.100.77/32 198.51.100.7/32; do
    ip -netns $client address add $address dev eth0
    ip -netns $server route add $address dev eth0
done
ip -netns $client address add 2001:db8:bad::7/128 dev eth0 nodad
ip -netns $server route add 2001:db8:bad::7/128 dev eth0

ip netns exec $server tcpdump -q -i eth0 -U -w "$output.part" 2>/dev/null &
tcpdump=$!
ip netns exec $server python3 traffic.py serve &
sleep 2
ip netns exec $client python3 traffic.py ask
sleep 2
kill -INT $tcpdump
wait $tcpdump || true
cat "$output.part" >"$output" # tcpdump's file is tcpdump's
rm "$output.part"
tcpdump -r "$output" --count 2>/dev/null
