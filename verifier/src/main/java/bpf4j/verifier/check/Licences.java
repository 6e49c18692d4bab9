package bpf4j.verifier.check;

import java.util.Set;

/// Licence strings (Linux: `license_is_gpl_compatible`).
final class Licences {
    private static final Set<String> COMPATIBLE =
            Set.of(
                    "GPL",
                    "GPL v2",
                    "GPL and additional rights",
                    "Dual BSD/GPL",
                    "Dual MIT/GPL",
                    "Dual MPL/GPL");

    private Licences() {}

    static boolean isGplCompatible(String licence) {
        return COMPATIBLE.contains(licence);
    }
}
