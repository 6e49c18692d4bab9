package bpf4j.runtime.helper;

import bpf4j.runtime.SpinLock;

/// Helpers on the locks and timers inside map values.
final class SynchronisationHelpers {
    private SynchronisationHelpers() {}

    static void register(Registry registry) {
        registry.add(
                93,
                (x, r1, r2, r3, r4, r5) -> {
                    SpinLock.lock(x, r1);
                    return 0;
                });
        registry.add(
                94,
                (x, r1, r2, r3, r4, r5) -> {
                    SpinLock.unlock(x, r1);
                    return 0;
                });
        registry.add(
                169, (x, r1, r2, r3, r4, r5) -> x.space.timers().init(r1, x.space.mapAt(r2), r3));
        registry.add(170, (x, r1, r2, r3, r4, r5) -> x.space.timers().setCallback(r1, x, r2));
        registry.add(
                171,
                (x, r1, r2, r3, r4, r5) ->
                        x.space.timers().start(r1, r2, r3, x.host.monotonicNanos()));
        registry.add(172, (x, r1, r2, r3, r4, r5) -> x.space.timers().cancel(r1));
    }
}
