package bpf4j.jit.emit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// The live objects that a generated class refers to as constants.
final class ClassData {
    private final List<Object> objects = new ArrayList<>();
    private final IdentityHashMap<Object, Integer> indexes = new IdentityHashMap<>();

    /// Pushes an object as a constant of the class or interface with this internal name.
    void push(Writer writer, Object object, String internalName) {
        Integer index =
                indexes.computeIfAbsent(
                        object,
                        fresh -> {
                            objects.add(fresh);
                            return objects.size() - 1;
                        });
        writer.classData(index, Names.of(internalName));
    }

    /// The objects in the order of their indexes.
    List<Object> objects() {
        return List.copyOf(objects);
    }
}
