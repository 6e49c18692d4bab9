package bpf4j.spec;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which maps can be passed to which helpers, from `map-helpers.txt` (Linux:
/// `check_map_func_compatibility`).
public final class MapHelpers {
    /// Helpers that take every map but those with a list of their own.
    private static final Set<String> GENERAL =
            Set.of("map_lookup_elem", "map_update_elem", "map_delete_elem", "kptr_xchg");

    /// Program types that may update and delete entries of a sockmap or sockhash.
    private static final Set<String> UPDATES_SOCKMAPS =
            Set.of(
                    "socket_filter",
                    "sched_cls",
                    "sched_act",
                    "xdp",
                    "sk_reuseport",
                    "flow_dissector",
                    "sk_lookup");

    private static final Map<MapType, Set<String>> HELPERS = new EnumMap<>(MapType.class);
    private static final Map<String, Set<MapType>> MAPS = new HashMap<>();

    static {
        for (String line : Table.read("map-helpers.txt")) {
            int end = Math.max(line.indexOf(": "), line.indexOf(" + ") + 1);
            boolean restricts = line.charAt(end) == ':';
            Set<String> names = Set.of(line.substring(end + 2).split(" +"));
            for (String map : line.substring(0, end).strip().split(",")) {
                MapType type = MapType.valueOf(map.toUpperCase(Locale.ROOT));
                if (restricts) {
                    HELPERS.put(type, names);
                }
                for (String name : names) {
                    if (!GENERAL.contains(name)) {
                        MAPS.computeIfAbsent(name, n -> new HashSet<>()).add(type);
                    }
                }
            }
        }
    }

    private MapHelpers() {}

    /// Whether programs of a type may pass a map of a type to a helper of Linux's; helpers of the
    /// user's take every map.
    public static boolean compatible(MapType map, HelperSpec helper, ProgramType program) {
        if (helper.id() >= HelperSpec.FIRST_USER_ID) {
            return true;
        }
        String name = helper.name();
        Set<String> only = HELPERS.get(map);
        if (only != null && !only.contains(name)) {
            return (map == MapType.SOCKMAP || map == MapType.SOCKHASH)
                    && mayUpdateSockmap(name, program);
        }
        Set<MapType> maps = MAPS.get(name);
        return maps == null || maps.contains(map);
    }

    private static boolean mayUpdateSockmap(String helper, ProgramType program) {
        return switch (helper) {
            case "map_update_elem" -> UPDATES_SOCKMAPS.contains(program.name());
            case "map_delete_elem" ->
                    UPDATES_SOCKMAPS.contains(program.name()) || program.name().equals("sock_ops");
            default -> false;
        };
    }
}
