package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A map of prefixes, looked up by longest match (`lpm_trie`). A key is the length of the prefix in
/// bits (4 bytes in the machine's byte order) and the prefix, most significant byte first.
///
/// A binary trie in which a node without value always has two children. Lookups take no lock: a
/// node's prefix and value never change, only its children do.
public final class LpmTrie extends BpfMap {
    private static final int PREFIX = 4;

    /// A prefix as bits from the most significant on: 128 of them in two words, what is longer in
    /// an array.
    private record Bits(int length, long first, long second, long[] rest) {
        private static final long[] NONE = new long[0];

        /// The first bit at which two prefixes differ, or the length of the shorter one.
        int common(Bits other) {
            int limit = Math.min(length, other.length);
            long difference = first ^ other.first;
            if (difference != 0) {
                return Math.min(limit, Long.numberOfLeadingZeros(difference));
            }
            difference = second ^ other.second;
            if (difference != 0) {
                return Math.min(limit, 64 + Long.numberOfLeadingZeros(difference));
            }
            for (int i = 0; i < rest.length; i++) {
                difference = rest[i] ^ other.rest[i];
                if (difference != 0) {
                    return Math.min(limit, 128 + 64 * i + Long.numberOfLeadingZeros(difference));
                }
            }
            return limit;
        }

        /// Whether bits that are at least as long, and at most 128, begin with this prefix.
        boolean isPrefixOf(long otherFirst, long otherSecond) {
            long differentFirst = first ^ otherFirst;
            long differentSecond = second ^ otherSecond;
            return length <= 64
                    ? length == 0 || differentFirst >>> (64 - length) == 0
                    : differentFirst == 0 && differentSecond >>> (128 - length) == 0;
        }

        boolean bit(int index) {
            long word = index < 64 ? first : index < 128 ? second : rest[(index - 128) >> 6];
            return (word << (index & 63)) < 0;
        }
    }

    private static final class Node {
        final Bits bits;

        /// Where the value is, or -1 in a node that only joins its children.
        final int slot;

        volatile @Nullable Node zero;
        volatile @Nullable Node one;

        Node(Bits bits, int slot) {
            this.bits = bits;
            this.slot = slot;
        }

        @Nullable Node child(boolean bit) {
            return bit ? one : zero;
        }

        void set(boolean bit, @Nullable Node child) {
            if (bit) {
                one = child;
            } else {
                zero = child;
            }
        }

        /// The same place in the trie with another value. The bits may differ behind the prefix:
        /// like Linux, the trie gives a key back as it was stored last.
        Node with(Bits sameBits, int otherSlot) {
            Node copy = new Node(sameBits, otherSlot);
            copy.zero = zero;
            copy.one = one;
            return copy;
        }
    }

    private final MemorySegment values;
    private final int stride;
    private final int dataSize;
    private final int[] free;
    private int freeCount;
    private volatile @Nullable Node root;

    private LpmTrie(MapSpec spec, int id, MemorySegment values, int stride) {
        super(spec, id);
        this.values = values;
        this.stride = stride;
        dataSize = spec.keySize() - PREFIX;
        // One more than entries: an update of an element that is there gives it a new slot.
        free = new int[spec.maxEntries() + 1];
        for (int slot = spec.maxEntries(); slot >= 0; slot--) {
            free[freeCount++] = slot;
        }
    }

    static LpmTrie create(AddressSpace space, MapSpec spec) throws MapException {
        int stride = (int) align8(spec.valueSize());
        long slots = Integer.toUnsignedLong(spec.maxEntries()) + 1;
        if (slots > 1 << 28) {
            throw new MapException(
                    spec.name(), Errno.E2BIG, "%d entries are too many".formatted(slots));
        }
        space.reserve(spec, slots * 4);
        MemorySegment values = space.allocate(spec, MapRules.multiply(spec, stride, slots));
        return space.create(id -> new LpmTrie(spec, id, values, stride));
    }

    @Override
    public MemorySegment values() {
        return values;
    }

    @Override
    public long stride() {
        return stride;
    }

    private Bits key(MemorySegment keys, long key) {
        int length = keys.get(Memory.INT, key);
        long[] rest = dataSize <= 16 ? Bits.NONE : new long[(dataSize - 16 + 7) / 8];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = word(keys, key + PREFIX, 16 + 8 * i);
        }
        return new Bits(length, word(keys, key + PREFIX, 0), word(keys, key + PREFIX, 8), rest);
    }

    /// Eight bytes of the data from `at` on, most significant first; 0 beyond the end.
    private long word(MemorySegment keys, long data, int at) {
        int left = dataSize - at;
        if (left >= 8) {
            return Long.reverseBytes(keys.get(Memory.LONG, data + at));
        }
        long value = 0;
        for (int i = 0; i < left; i++) {
            value |= (keys.get(ValueLayout.JAVA_BYTE, data + at + i) & 0xFFL) << (56 - 8 * i);
        }
        return value;
    }

    private boolean valid(int length) {
        return Integer.compareUnsigned(length, dataSize * 8) <= 0;
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        return root == null ? 0 : lookup(key(keys, key));
    }

    /// Looks up a key of 8 bytes: prefix length in the lower half, an IPv4 address in the upper.
    public long lookup(int cpu, long key) {
        return lookup((int) key, Long.reverseBytes(key) << 32, 0);
    }

    /// Looks up a key of 20 bytes: prefix length in the lower half of the first word, then an IPv6
    /// address; the last word has 4 bytes of it.
    public long lookup(int cpu, long key, long second, long third) {
        long first = key >>> 32 | second << 32;
        long last = second >>> 32 | third << 32;
        return lookup((int) key, Long.reverseBytes(first), Long.reverseBytes(last));
    }

    private long lookup(Bits key) {
        if (dataSize <= 16) {
            return lookup(key.length, key.first, key.second);
        }
        if (!valid(key.length)) {
            return 0;
        }
        int found = -1;
        Node node = root;
        while (node != null && key.common(node.bits) == node.bits.length) {
            if (node.slot >= 0) {
                found = node.slot;
            }
            if (node.bits.length >= key.length) {
                break;
            }
            node = node.child(key.bit(node.bits.length));
        }
        return address(found);
    }

    private long lookup(int length, long first, long second) {
        Node node = root;
        if (node == null || !valid(length)) {
            return 0;
        }
        int found = -1;
        do {
            Bits bits = node.bits;
            int common = bits.length;
            if (common > length || !bits.isPrefixOf(first, second)) {
                break;
            }
            if (node.slot >= 0) {
                found = node.slot;
            }
            if (common == length) {
                break;
            }
            node = node.child((common < 64 ? first << common : second << common) < 0);
        } while (node != null);
        return address(found);
    }

    private long address(int slot) {
        return slot < 0 ? 0 : valueAddress((int) ((long) slot * stride));
    }

    @Override
    public synchronized int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        if (Long.compareUnsigned(flags, EXIST) > 0) {
            return -Errno.EINVAL;
        }
        Bits bits = key(keys, key);
        if (!valid(bits.length)) {
            return -Errno.EINVAL;
        }
        Node parent = null;
        Node node = root;
        int common = 0;
        while (node != null) {
            common = bits.common(node.bits);
            if (common != node.bits.length || common == bits.length) {
                break;
            }
            parent = node;
            node = node.child(bits.bit(common));
        }
        boolean there = node != null && common == node.bits.length && common == bits.length;
        Node old = there && node != null && node.slot >= 0 ? node : null;
        if (old != null && flags == NOEXIST) {
            return -Errno.EEXIST;
        }
        if (old == null && flags == EXIST) {
            return -Errno.ENOENT;
        }
        if (old == null && freeCount == 1) {
            return -Errno.ENOSPC;
        }
        int slot = free[--freeCount];
        MemorySegment.copy(from, value, values, (long) slot * stride, spec().valueSize());
        link(parent, node, bits, common, there, slot);
        if (old != null) {
            free[freeCount++] = old.slot;
        }
        return 0;
    }

    /// Hangs a new value into the trie where the search for its prefix ended.
    private void link(
            @Nullable Node parent,
            @Nullable Node node,
            Bits bits,
            int common,
            boolean there,
            int slot) {
        Node fresh;
        if (node == null) {
            fresh = new Node(bits, slot);
        } else if (there) {
            fresh = node.with(bits, slot);
        } else if (common == bits.length) {
            fresh = new Node(bits, slot);
            fresh.set(node.bits.bit(common), node);
        } else {
            fresh = new Node(new Bits(common, bits.first, bits.second, bits.rest), -1);
            fresh.set(bits.bit(common), new Node(bits, slot));
            fresh.set(node.bits.bit(common), node);
        }
        replace(parent, bits, fresh);
    }

    /// Puts a node in the place below `parent` that leads to `bits`.
    private void replace(@Nullable Node parent, Bits bits, @Nullable Node node) {
        if (parent == null) {
            root = node;
        } else {
            parent.set(bits.bit(parent.bits.length), node);
        }
    }

    @Override
    public synchronized int delete(MemorySegment keys, long key) {
        Bits bits = key(keys, key);
        if (!valid(bits.length)) {
            return -Errno.EINVAL;
        }
        Node grandparent = null;
        Node parent = null;
        Node node = root;
        while (node != null) {
            int common = bits.common(node.bits);
            if (common != node.bits.length || common == bits.length) {
                break;
            }
            grandparent = parent;
            parent = node;
            node = node.child(bits.bit(common));
        }
        if (node == null || node.slot < 0 || !same(node.bits, bits)) {
            return -Errno.ENOENT;
        }
        Node zero = node.zero;
        Node one = node.one;
        if (zero != null && one != null) {
            replace(parent, bits, node.with(node.bits, -1));
        } else if (zero == null && one == null && parent != null && parent.slot < 0) {
            // The parent only joined this node and its sibling: the sibling takes its place.
            replace(grandparent, bits, parent.child(!bits.bit(parent.bits.length)));
        } else {
            replace(parent, bits, zero != null ? zero : one);
        }
        free[freeCount++] = node.slot;
        return 0;
    }

    private static boolean same(Bits left, Bits right) {
        return left.length == right.length && left.common(right) == left.length;
    }

    /// Goes through longer prefixes before the shorter ones that contain them.
    @Override
    public synchronized int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        Node start = root;
        if (start == null) {
            return -Errno.ENOENT;
        }
        Node found = null;
        Bits bits = key < 0 ? null : key(keys, key);
        if (bits == null || !valid(bits.length) || exact(bits) == null) {
            found = leftmost(start);
        } else {
            found = after(start, bits);
        }
        if (found == null) {
            return -Errno.ENOENT;
        }
        store(found.bits, nexts, next);
        return 0;
    }

    private @Nullable Node exact(Bits bits) {
        Node node = root;
        while (node != null && bits.common(node.bits) == node.bits.length) {
            if (node.bits.length == bits.length) {
                return node.slot >= 0 ? node : null;
            }
            node = node.child(bits.bit(node.bits.length));
        }
        return null;
    }

    private static Node leftmost(Node start) {
        Node node = start;
        while (true) {
            Node zero = node.zero;
            Node child = zero != null ? zero : node.one;
            if (child == null) {
                return node;
            }
            node = child;
        }
    }

    /// The node after the one with this prefix, in postorder.
    private static @Nullable Node after(Node start, Bits bits) {
        Node result = null;
        Node node = start;
        // Walk down; the last turn to the left whose node has a right child, or the last ancestor
        // with a value, whichever is deeper, leads on.
        while (node.bits.length < bits.length) {
            boolean bit = bits.bit(node.bits.length);
            Node right = node.one;
            if (!bit && right != null) {
                result = leftmost(right);
            } else if (node.slot >= 0) {
                result = node;
            }
            Node child = node.child(bit);
            if (child == null) {
                throw new AssertionError("prefix left the trie");
            }
            node = child;
        }
        return result;
    }

    private void store(Bits bits, MemorySegment nexts, long next) {
        nexts.set(Memory.INT, next, bits.length);
        for (int i = 0; i < dataSize; i++) {
            long word = i < 8 ? bits.first : i < 16 ? bits.second : bits.rest[(i - 16) >> 3];
            nexts.set(
                    ValueLayout.JAVA_BYTE, next + PREFIX + i, (byte) (word >>> (56 - 8 * (i & 7))));
        }
    }
}
