package bpf4j.loader;

/// A global variable of an object.
///
/// @param map the name of the map that holds it
/// @param section the name of its section, such as `.rodata`
/// @param byteOffset where it begins in the section
/// @param type the id of its type in the object's BTF, 0 where unknown
/// @param constant whether programs only read it
public record Variable(
        String name,
        String map,
        String section,
        int byteOffset,
        int size,
        int type,
        boolean constant) {}
