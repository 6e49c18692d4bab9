package bpf4j.btf;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A value read from memory through its type. `toString` writes it as a person would: `{saddr =
/// 10.0.0.1, ports = [80, 443]}`.
public sealed interface BtfValue {
    /// An integer of up to 64 bits, already extended; `unsigned` says how to read it.
    record Number(long bits, boolean unsigned) implements BtfValue {
        @Override
        public String toString() {
            return unsigned ? Long.toUnsignedString(bits) : Long.toString(bits);
        }
    }

    /// An integer of 128 bits.
    record Wide(BigInteger value) implements BtfValue {
        @Override
        public String toString() {
            return value.toString();
        }
    }

    record Truth(boolean value) implements BtfValue {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    record Real(double value) implements BtfValue {
        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /// A word: the name of an enumerator, an address, a pointer in hexadecimal.
    record Word(String text) implements BtfValue {
        @Override
        public String toString() {
            return text;
        }
    }

    /// An array of characters up to its first zero.
    record Text(String text) implements BtfValue {
        @Override
        public String toString() {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }

    record Array(List<BtfValue> elements) implements BtfValue {
        @Override
        public String toString() {
            return elements.stream()
                    .map(BtfValue::toString)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /// The members of a struct or union, or the variables of a section, by name.
    record Struct(List<Member> members) implements BtfValue {
        @Override
        public String toString() {
            return members.stream()
                    .map(Member::toString)
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /// A member; the name is empty for an anonymous struct inside.
    record Member(String name, BtfValue value) {
        @Override
        public String toString() {
            return name.isEmpty() ? value.toString() : name + " = " + value;
        }
    }

    /// The value as plain Java, for JSON: `Long`, `BigInteger`, `Boolean`, `Double`, `String`,
    /// `List` or `Map`. The members of anonymous structs are among those of the struct around them.
    default Object plain() {
        return switch (this) {
            case Number n when !n.unsigned || n.bits >= 0 -> n.bits;
            case Number n -> new BigInteger(Long.toUnsignedString(n.bits));
            case Wide w -> w.value;
            case Truth t -> t.value;
            case Real r -> r.value;
            case Word w -> w.text;
            case Text t -> t.text;
            case Array a -> {
                List<Object> list = new ArrayList<>(a.elements.size());
                a.elements.forEach(element -> list.add(element.plain()));
                yield list;
            }
            case Struct s -> {
                Map<String, Object> map = new LinkedHashMap<>();
                into(s, map);
                yield map;
            }
        };
    }

    private static void into(Struct struct, Map<String, Object> map) {
        for (Member member : struct.members) {
            if (!member.name.isEmpty()) {
                map.put(member.name, member.value.plain());
            } else if (member.value instanceof Struct inside) {
                into(inside, map);
            }
        }
    }
}
