/// Packet captures: pcap and pcapng files, plain or gzip, read and written as streams.
@NullMarked
package bpf4j.vm.capture;

import org.jspecify.annotations.NullMarked;
