package bpf4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;

import org.junit.jupiter.api.Test;

final class MapHelpersTest {
    @Test
    void mapsAndHelpersMustSuitEachOther() {
        assertTrue(fits(MapType.HASH, "map_lookup_elem"));
        assertTrue(fits(MapType.PROG_ARRAY, "tail_call"));
        assertFalse(fits(MapType.PROG_ARRAY, "map_lookup_elem"));
        assertFalse(fits(MapType.HASH, "tail_call"));
        assertTrue(fits(MapType.PERCPU_HASH, "map_lookup_elem"));
        assertTrue(fits(MapType.PERCPU_HASH, "map_lookup_percpu_elem"));
        assertFalse(fits(MapType.HASH, "map_lookup_percpu_elem"));
        assertTrue(fits(MapType.BLOOM_FILTER, "map_push_elem"));
        assertFalse(fits(MapType.BLOOM_FILTER, "map_pop_elem"));
    }

    @Test
    void onlySomeProgramsUpdateSockmaps() {
        assertTrue(fits(MapType.SOCKMAP, "map_update_elem"));
        HelperSpec update = Helpers.byName("map_update_elem");
        assertNotNull(update);
        assertFalse(MapHelpers.compatible(MapType.SOCKMAP, update, ProgramTypes.KPROBE));
    }

    private static boolean fits(MapType map, String name) {
        HelperSpec helper = Helpers.byName(name);
        assertNotNull(helper);
        return MapHelpers.compatible(map, helper, ProgramTypes.XDP);
    }

    @Test
    void kfuncsAreKnownByName() {
        KfuncSpec next = Kfuncs.byName("bpf_iter_num_next");
        assertNotNull(next);
        assertEquals(KfuncSpec.Role.ITER_NEXT, next.role());
        assertEquals(ArgKind.ITER, next.args().getFirst().kind());
        assertTrue(next.args().getFirst().flags().contains(ArgFlag.ITER_NUM));
        KfuncSpec fromXdp = Kfuncs.byName("bpf_dynptr_from_xdp");
        assertNotNull(fromXdp);
        assertTrue(fromXdp.allowedIn(ProgramTypes.XDP));
        assertFalse(fromXdp.allowedIn(ProgramTypes.SCHED_CLS));
        assertNull(Kfuncs.byName("bpf_task_acquire"));
    }
}
