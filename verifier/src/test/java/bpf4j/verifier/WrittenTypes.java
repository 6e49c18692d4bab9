package bpf4j.verifier;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;

import java.util.ArrayList;
import java.util.List;

/// The BTF of a written case, under construction.
final class WrittenTypes {
    private static final int INT = 1;
    private static final int LONG = 2;

    private final List<BtfType> types = new ArrayList<>();

    WrittenTypes() {
        types.add(new BtfType.Void());
        types.add(new BtfType.Int("int", 4, 32, 0, true, false, false));
        types.add(new BtfType.Int("long", 8, 64, 0, true, false, false));
    }

    Btf btf() {
        return new Btf(types);
    }

    private int add(BtfType type) {
        types.add(type);
        return types.size() - 1;
    }

    int key(int size) {
        return size == 8 ? LONG : INT;
    }

    /// A struct with the members in words such as `bpf_timer:0`, from the third on.
    int struct(String name, String[] words) {
        List<BtfType.Member> members = new ArrayList<>();
        int size = 0;
        for (int i = 2; i < words.length; i++) {
            String[] parts = words[i].split(":");
            int offset = Integer.parseInt(parts[1]);
            int bytes =
                    switch (parts[0]) {
                        case "int", "bpf_spin_lock" -> 4;
                        case "long" -> 8;
                        case "bpf_timer" -> 16;
                        default -> throw new IllegalArgumentException(words[i]);
                    };
            members.add(new BtfType.Member("m" + i, type(parts[0], bytes), 8 * offset, 0));
            size = (offset + bytes + 7) / 8 * 8;
        }
        return add(new BtfType.Struct(name, false, size, members));
    }

    private int type(String name, int bytes) {
        return switch (name) {
            case "int" -> INT;
            case "long" -> LONG;
            default -> {
                int word = name.equals("bpf_timer") ? LONG : INT;
                List<BtfType.Member> members = new ArrayList<>();
                for (int at = 0; at < bytes; at += bytes == 4 ? 4 : 8) {
                    members.add(new BtfType.Member("w" + at, word, 8 * at, 0));
                }
                yield add(new BtfType.Struct(name, false, bytes, members));
            }
        };
    }

    /// A function such as `f(int,long*)`; global with a `+` before it.
    int function(String word) {
        boolean global = word.startsWith("+");
        String name = word.substring(global ? 1 : 0, word.indexOf('('));
        String inside = word.substring(word.indexOf('(') + 1, word.indexOf(')'));
        List<BtfType.Param> params = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        for (String param : inside.isEmpty() ? new String[0] : inside.split(",")) {
            boolean nonNull = param.endsWith("!");
            String type = nonNull ? param.substring(0, param.length() - 1) : param;
            params.add(new BtfType.Param("a" + params.size(), parameter(type)));
            tags.add(nonNull ? "arg:nonnull" : "");
        }
        int returns = word.endsWith(":void") ? 0 : INT;
        int proto = add(new BtfType.FuncProto(returns, params));
        int function = add(new BtfType.Func(name, proto, global ? 1 : 0));
        for (int i = 0; i < tags.size(); i++) {
            if (!tags.get(i).isEmpty()) {
                add(new BtfType.DeclTag(tags.get(i), function, i));
            }
        }
        return function;
    }

    private int parameter(String type) {
        return switch (type) {
            case "int" -> INT;
            case "long" -> LONG;
            case "int*" -> add(new BtfType.Ptr(INT));
            case "long*" -> add(new BtfType.Ptr(LONG));
            case "ctx" ->
                    add(new BtfType.Ptr(add(new BtfType.Struct("__sk_buff", false, 0, List.of()))));
            case "void*" -> add(new BtfType.Ptr(0));
            default -> throw new IllegalArgumentException(type);
        };
    }
}
