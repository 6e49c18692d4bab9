package bpf4j.runtime.map;

import bpf4j.runtime.Errno;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.ProgramArray;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// An array of programs for tail calls (`prog_array`). Programs cannot look into it.
public final class ProgramArrayMap extends HandleMap implements ProgramArray {
    private final AtomicReferenceArray<@Nullable LoadedProgram> programs;

    ProgramArrayMap(MapSpec spec, int id) {
        super(spec, id);
        programs = new AtomicReferenceArray<>(spec.maxEntries());
    }

    @Override
    public @Nullable LoadedProgram program(int index) {
        return index >= 0 && index < programs.length() ? programs.get(index) : null;
    }

    /// Puts a program at an index, or takes it away with null.
    ///
    /// @return 0 or a negative errno: -E2BIG beyond the end, -ENOENT when there was none to remove
    public int set(int index, @Nullable LoadedProgram program) {
        if (index < 0 || index >= programs.length()) {
            return -Errno.E2BIG;
        }
        LoadedProgram old = programs.getAndSet(index, program);
        return program == null && old == null ? -Errno.ENOENT : 0;
    }

    @Override
    boolean present(int index) {
        return program(index) != null;
    }

    @Override
    int remove(int index) {
        return set(index, null);
    }
}
